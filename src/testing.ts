export type { EventSummary, NetcoreEvent, Payload } from './payload/payload.js';
export type { DocumentedEvent, DocumentedPayload, EventOf } from './payload/schema.js';
export { Problem } from './problems/problem.js';
export type { HookCall, HookEvent } from './testing/hook-call.js';
export type { CallFilter, EventFilter } from './testing/hook-filter.js';
export { type PlayedAnswer, type PlayOptions, playCalls } from './testing/play-calls.js';
export { type Postable, type PostOptions, post } from './testing/post.js';
export type { PostAnswer } from './testing/post-answer.js';
export {
  type ActivityOf,
  type SampleCall,
  type SampleOptions,
  sample,
  sendSample,
} from './testing/sample.js';
export {
  type Hook,
  type HookOptions,
  type RespondOptions,
  startListener,
  type WaitOptions,
} from './testing/start-listener.js';
