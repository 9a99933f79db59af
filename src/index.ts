export { activities, type Channel, channels } from './payload/channels.js';
export type { NetcoreEvent, Payload } from './payload/payload.js';
export {
  type DocumentedEvent,
  type DocumentedPayload,
  eventSchema,
  payloadJsonSchema,
  payloadSchema,
} from './payload/schema.js';
export { listSamples, type Sample } from './sample-files.js';
