import type { CaptureDetail } from '../../api.js';

/** Beyond this many bytes a reading costs something. */
const large = 200_000;
/** Somebody may have a call tried at once that is due much later. */
const longest = 30_000;

/**
 * In how many milliseconds an opened call is read again; null: what became of it is known. A call
 * that is due later is not read before, unless somebody makes it due.
 */
export function pauseBeforeReading(
  { delivery, bytes }: Pick<CaptureDetail, 'delivery' | 'bytes'>,
  now = Date.now(),
): number | null {
  if (!delivery || !/^(?:waiting|delayed|active)$/.test(delivery.state)) return null;
  const least = bytes < large ? 2000 : 10_000;
  const due = delivery.due === null ? now : Date.parse(delivery.due);
  return Math.max(least, Math.min(due - now + 500, longest));
}
