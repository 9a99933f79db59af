/** Formats moments in local time. Avoids `Intl`, which takes long to load. */

/** The local time of day. */
export function clockTime(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
}

/**
 * The local time of day, preceded by the day when it differs from that of `now` (milliseconds since
 * 1970).
 */
export function dayAndClock(iso: string, now: number): string {
  const time = new Date(iso);
  if (time.toDateString() === new Date(now).toDateString()) return clockTime(iso);
  return `${localDay(time)} ${clockTime(iso)}`;
}

/** `2026-11-23` */
export function localDay(time: Date): string {
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-');
}

/** `2026-11-23 14:00` */
export function localMinute(iso: string): string {
  return `${localDay(new Date(iso))} ${clockTime(iso).slice(0, 5)}`;
}

/** The local zone at a moment: `UTC+05:30`. */
export function zoneAt(time: string | number): string {
  const minutes = -new Date(time).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const amount = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(amount / 60))}:${twoDigits(amount % 60)}`;
}

/** A note below lists: events have a time of their own, which names no zone. */
export function timesNote(now: number, withEvents: boolean): string {
  const events = withEvents ? '; those of events are as the panel sent them' : '';
  return `Times are local, ${zoneAt(now)}${events}.`;
}

const hourMs = 3_600_000;

/** The start of the local hour or day of a moment, both in milliseconds since 1970. */
export function startOf(unit: 'hour' | 'day', time: number): number {
  const date = new Date(time);
  if (unit === 'day') return dayStart(date, 0);
  const start =
    time - ((date.getMinutes() * 60 + date.getSeconds()) * 1000 + date.getMilliseconds());
  return changeBetween(start, time) ?? start;
}

/** The start of the next local hour or day. */
export function nextStart(unit: 'hour' | 'day', start: number): number {
  return unit === 'day' ? dayStart(new Date(start), 1) : startOf('hour', start + hourMs);
}

function dayStart(date: Date, daysLater: number): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater).getTime();
}

/** When the zone's offset changed between two moments; undefined: it did not. */
function changeBetween(from: number, to: number): number | undefined {
  const after = new Date(to).getTimezoneOffset();
  if (new Date(from).getTimezoneOffset() === after) return undefined;
  let before = from;
  let end = to;
  while (end - before > 1) {
    const middle = Math.floor((before + end) / 2);
    if (new Date(middle).getTimezoneOffset() === after) end = middle;
    else before = middle;
  }
  return end;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0');
}
