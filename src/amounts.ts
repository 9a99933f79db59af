/**
 * Formats numbers, sizes and durations. Avoids `Intl`, which takes longer to load than most
 * commands take to run.
 */

/** `1 call`, `2,340 calls`, `2 tries`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `1,234` */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A duration: `4 s`, `12 min`, `3 h`, `5 days`. */
export function waitWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** When a delayed call is retried; `ms` from now. */
export function nextTryWords(ms: number): string {
  return ms <= 0 ? 'due now' : `again in ${waitWords(ms)}`;
}

/** A response time in milliseconds: `4.2 ms`, `850 ms`, `12.3 s`; null: `-`. */
export function answerTime(ms: number | null): string {
  if (ms === null) return '-';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `985 B`, `1.4 kB`, `10.0 MB`, `75.1 GB` */
export function byteText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

type Units = readonly (readonly [name: string, length: number])[];

const durationUnits: Units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

const sizeUnits: Units = [
  ['gb', 1024 ** 3],
  ['mb', 1024 ** 2],
  ['kb', 1024],
  ['b', 1],
];

/** In an option's syntax: `36h`. */
export function durationOption(ms: number): string {
  return inUnits(ms, durationUnits);
}

/** In an option's syntax: `1536mb`. */
export function sizeOption(bytes: number): string {
  return inUnits(bytes, sizeUnits);
}

/** Uses the largest unit that gives a whole number. */
function inUnits(value: number, units: Units): string {
  const [name, length] = units.find(([, each]) => value >= each && value % each === 0) ?? ['', 1];
  return `${value / length}${name}`;
}
