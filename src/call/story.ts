import type { Delivery, DeliveryAttempt } from './delivery.js';
import type { Outcome } from './outcome.js';

/** A try at sending a stored capture. */
export interface RecordedAttempt extends DeliveryAttempt {
  /** Counts from 1 for each capture. */
  readonly number: number;
  /** The number of the event that was sent, from 1; null for the whole capture. */
  readonly event: number | null;
}

export interface CaptureStory {
  readonly outcome: Outcome | null;
  /** One for each handler, the most urgent first; none when the capture was never queued. */
  readonly deliveries: readonly Delivery[];
  /** Every send, oldest first. */
  readonly attempts: readonly RecordedAttempt[];
  /** How many events were erased from it; null: none, and its body is as received. */
  readonly erased?: number | null;
}
