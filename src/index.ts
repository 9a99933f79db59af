export { activities, type Channel, channels } from './payload/channels.js';
export {
  type BodyRequest,
  decode,
  decodeRequest,
  type FormFields,
  type ParsedForm,
} from './payload/decode.js';
export { type EncodeOptions, encode } from './payload/encode.js';
export { type EventKey, eventKey } from './payload/event-key.js';
export {
  type EventOn,
  events,
  type PayloadEvent,
  type PayloadEventBase,
} from './payload/events.js';
export type { Spelling } from './payload/form-codec.js';
export type { EventParams, NetcoreEvent, Payload } from './payload/payload.js';
export {
  type DocumentedEvent,
  type DocumentedPayload,
  type EventOf,
  eventSchema,
  payloadJsonSchema,
  payloadSchema,
} from './payload/schema.js';
export { Problem } from './problems/problem.js';
export { listSamples, type Sample } from './sample-files.js';
