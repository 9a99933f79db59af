import type { CaptureDetail } from '../../api.js';

/** Reloading a body of more bytes is expensive. */
const largeBodyBytes = 200_000;
/** A user may retry a call that is due much later. */
const maxPauseMs = 30_000;

/**
 * Milliseconds until an opened call is reloaded; null once its outcome is final. A delayed call is
 * reloaded when it is due, or at the latest after the maximum pause.
 */
export function pauseBeforeReading(
  { delivery, bytes }: Pick<CaptureDetail, 'delivery' | 'bytes'>,
  now = Date.now(),
): number | null {
  if (!delivery || !/^(?:waiting|delayed|active)$/.test(delivery.state)) return null;
  const minPauseMs = bytes < largeBodyBytes ? 2000 : 10_000;
  const due = delivery.due === null ? now : Date.parse(delivery.due);
  return Math.max(minPauseMs, Math.min(due - now + 500, maxPauseMs));
}
