const twoDigits = (value: number) => String(value).padStart(2, '0');

/** The time of day in the reader's zone, `14:03:22`; of another day with its date before. */
export function clockText(iso: string, now: number): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
  return sameDay(time, new Date(now)) ? clock : `${dayText(time, now)} ${clock.slice(0, 5)}`;
}

/** `23 Nov`; of another year `23 Nov 2025`. */
function dayText(time: Date, now: number): string {
  const otherYear = time.getFullYear() !== new Date(now).getFullYear();
  return time.toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    ...(otherYear && { year: 'numeric' }),
  });
}

/**
 * The time of an event as its payload says it, which is of no zone: the time of day when it is of
 * the day of its call, else the day.
 */
export function eventTimeText(text: string, callTime: string): string {
  const [, day, clock = ''] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(text) ?? [];
  if (day === undefined) return text;
  return day === localMinute(new Date(callTime)).slice(0, 10) ? clock : day;
}

/** How long ago: `now`, `12 s`, `4 min`, `3 h`, `2 d`. */
export function agoText(iso: string, now: number): string {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return iso;
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Hours and minutes in the reader's zone. */
export function minuteText(time: Date): string {
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

/** A moment of a filter for people: `1h` and `now` as they are, an ISO time in the reader's zone. */
export function momentText(typed: string, now: number): string {
  const time = /^\d{4}-\d\d-\d\d/.test(typed) ? new Date(typed) : undefined;
  if (!time || Number.isNaN(time.getTime())) return typed;
  const clock = minuteText(time);
  return sameDay(time, new Date(now)) ? clock : `${dayText(time, now)} ${clock}`;
}

/** The value of a `datetime-local` field, in the reader's zone. */
export function localMinute(time: Date): string {
  const day = [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())];
  return `${day.join('-')}T${minuteText(time)}`;
}

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}
