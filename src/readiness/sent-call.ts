import type { Attempt } from '../call/attempt.js';
import type { OutgoingCall } from '../call/call.js';

/** A call that a check sent, and its outcome: all that repeating it needs. */
export type SentCall = Attempt & {
  /** Names the call at the beginning of a sentence, like `The sample "email open"`. */
  readonly what: string;
  readonly call: OutgoingCall;
};
