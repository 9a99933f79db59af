export { activities, type Channel, channels } from './payload/channels.js';
export { decode, type ParsedForm } from './payload/decode.js';
export { type EncodeOptions, encode } from './payload/encode.js';
export { type EventKey, eventKey } from './payload/event-key.js';
export type { Spelling } from './payload/form-codec.js';
export type { NetcoreEvent, Payload } from './payload/payload.js';
export {
  type DocumentedEvent,
  type DocumentedPayload,
  eventSchema,
  payloadJsonSchema,
  payloadSchema,
} from './payload/schema.js';
export { Problem } from './problems/problem.js';
export { listSamples, type Sample } from './sample-files.js';
