import type { ValueCounts } from './value-counts.js';

/** The offsets of today's time zones from UTC, in minutes. */
const offsets = [
  -720, -660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -150, -120, -60, 0, 60,
  120, 180, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 525, 540, 570, 600, 630, 660, 690,
  720, 765, 780, 825, 840,
];
/** Few events have a wrong clock, or come much later. */
const lowShare = 0.05;
/** Clocks of two machines differ by less. */
const slackSeconds = 60;

/**
 * The offset of the clock that wrote times, from the seconds between each time, taken for UTC, and its
 * arrival: the smallest offset that makes nearly all lags positive. A lag of half an hour or more of all
 * events is taken for another zone. Undefined without any time.
 */
export function likelyOffset(secondsAfterWall: ValueCounts): number | undefined {
  const low = secondsAfterWall.quantile(lowShare);
  if (low === null) return undefined;
  return offsets.find((minutes) => low + minutes * 60 >= -slackSeconds);
}

const names: Readonly<Record<number, string>> = { 330: 'Asia/Kolkata', 0: 'UTC' };

/** An IANA zone with this offset, without summer time; undefined: there is no plain one. */
export function zoneOfOffset(minutes: number): string | undefined {
  const known = names[minutes];
  if (known !== undefined) return known;
  // The sign is the other way round: https://data.iana.org/time-zones/tzdb/etcetera
  return minutes % 60 === 0
    ? `Etc/GMT${minutes > 0 ? '-' : '+'}${Math.abs(minutes / 60)}`
    : undefined;
}

/** `UTC+05:30` */
export function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return `UTC${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}
