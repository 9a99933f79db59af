import type { Delivery, DeliveryAttempt } from './delivery.js';
import type { Outcome } from './outcome.js';

/** A try at sending a capture again, as it was recorded. */
export interface RecordedAttempt extends DeliveryAttempt {
  /** Counts from 1 for each capture. */
  readonly number: number;
  /** Which of the capture's events was sent, counted from 1; null: the capture as it came. */
  readonly event: number | null;
}

/** What became of a capture. */
export interface CaptureStory {
  readonly outcome: Outcome | null;
  /** undefined: it was never to be forwarded. */
  readonly delivery: Delivery | undefined;
  /** Every time that it was sent, oldest first. */
  readonly attempts: readonly RecordedAttempt[];
}
