const twoDigits = (value: number) => String(value).padStart(2, '0');

/** The local time of day, `14:03:22`; on another day with its date. */
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
 * An event's time from its payload, which has no time zone: the time of day on its call's day, else
 * the day.
 */
export function eventTimeText(text: string, callTime: string): string {
  const [, day, clock = ''] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(text) ?? [];
  if (day === undefined) return text;
  return day === localMinute(new Date(callTime)).slice(0, 10) ? clock : day;
}

/** The age: `now`, `12 s`, `4 min`, `3 h`, `2 d`. */
export function agoText(iso: string, now: number): string {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return iso;
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Local hours and minutes. */
export function minuteText(time: Date): string {
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

/** A filter's moment: `1h` and `now` unchanged, an ISO time in local time. */
export function momentText(typed: string, now: number): string {
  const time = /^\d{4}-\d\d-\d\d/.test(typed) ? new Date(typed) : undefined;
  if (!time || Number.isNaN(time.getTime())) return typed;
  const clock = minuteText(time);
  return sameDay(time, new Date(now)) ? clock : `${dayText(time, now)} ${clock}`;
}

/** A local time in the form of a `datetime-local` field. */
export function localMinute(time: Date): string {
  const day = [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())];
  return `${day.join('-')}T${minuteText(time)}`;
}

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}
