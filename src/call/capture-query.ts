import { anyEvent, type EventFilter } from '../payload/event-filter.js';
import type { Outcome } from './outcome.js';

/** Selects captures that meet every condition. */
export interface CaptureQuery {
  /** Matches when any event of the capture matches. */
  readonly events: EventFilter;
  /** Text in the decoded payload, in a body without one, or in the target; case-insensitive. */
  readonly text: string | undefined;
  /** Matches answers within any of these ranges; empty matches all. */
  readonly statuses: readonly StatusRange[];
  /** Matches any of these outcomes; empty matches all. */
  readonly outcomes: readonly Outcome[];
  /** Recorded at or after `since` and before `until`. Milliseconds since 1970. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** Inclusive at both ends. */
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
