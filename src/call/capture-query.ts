import { anyEvent, type EventFilter } from '../payload/event-filter.js';
import type { Outcome } from './outcome.js';

/** Which captures are meant: those that meet every condition. */
export interface CaptureQuery {
  /** Some event of the capture is meant. */
  readonly events: EventFilter;
  /** Stands in the decoded payload, in a body that is none, or in the target; any case. */
  readonly text: string | undefined;
  /** What the call was answered lies in one of these ranges; none: whatever it was answered. */
  readonly statuses: readonly StatusRange[];
  /** What became of it is one of these; none: whatever did, if anything. */
  readonly outcomes: readonly Outcome[];
  /** Recorded at this time or later, and before that one. Milliseconds since 1970. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** Both ends belong to it. */
interface StatusRange {
  readonly first: number;
  readonly last: number;
}

export const everyCapture: CaptureQuery = {
  events: anyEvent,
  text: undefined,
  statuses: [],
  outcomes: [],
  since: undefined,
  until: undefined,
};
