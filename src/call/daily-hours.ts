/** Hours of each day in local time, in minutes since midnight. `until` may be on the next day. */
export interface DailyHours {
  readonly from: number;
  readonly until: number;
}

/** How long no call may arrive. */
export interface SilenceLimit {
  readonly ms: number;
  /** Only time within these hours counts. Undefined: all of it. */
  readonly hours: DailyHours | undefined;
}

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** Reads `08:00-23:00`. Undefined for anything else, or no time at all. */
export function parseDailyHours(text: string): DailyHours | undefined {
  const match = /^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/.exec(text);
  if (!match) return undefined;
  const [from, until] = [minutesOf(match[1], match[2]), minutesOf(match[3], match[4])];
  if (from === undefined || until === undefined || from === until || from === dayMinutes) {
    return undefined;
  }
  return { from, until };
}

function minutesOf(hours = '', minutes = ''): number | undefined {
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= dayMinutes ? total : undefined;
}

export function dailyHoursText({ from, until }: DailyHours): string {
  return `${clockText(from)}-${clockText(until)}`;
}

function clockText(minutes: number): string {
  const digits = (number: number) => String(number).padStart(2, '0');
  return `${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}

/** Further back, each day counts whole. */
const maxDays = 400;

/**
 * The milliseconds between two moments that lie within the hours of any day. All of them without
 * hours. Never negative.
 */
export function timeWithin(hours: DailyHours | undefined, from: number, until: number): number {
  if (until <= from) return 0;
  if (hours === undefined) return until - from;
  let sum = 0;
  const begin = Math.max(from, until - maxDays * dayMinutes * minuteMs);
  // The hours of the day before may reach into the first day.
  const day = new Date(begin);
  day.setDate(day.getDate() - 1);
  for (;;) {
    const start = atMinutes(day, hours.from);
    if (start >= until) return sum;
    const crosses = hours.until <= hours.from ? dayMinutes : 0;
    const end = atMinutes(day, hours.until + crosses);
    sum += Math.max(0, Math.min(end, until) - Math.max(start, begin));
    day.setDate(day.getDate() + 1);
  }
}

/** The calendar counts, so that days with a changed clock have their hours at the same local time. */
function atMinutes(day: Date, minutes: number): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, minutes).getTime();
}
