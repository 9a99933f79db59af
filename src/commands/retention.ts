import type { ReadyNotice, RemovalCause } from '../output/notice.js';
import { plural } from './plural.js';

/** What a listener keeps: `the newest 20 captures of the last 30d, up to 10gb`. */
export function retentionText({ captures, ms, bytes }: ReadyNotice['keeps']): string {
  const which = captures === null ? 'captures' : `the newest ${plural(captures, 'capture')}`;
  const age = ms === null ? '' : ` of the last ${inUnits(ms, durationUnits)}`;
  const size = bytes === null ? '' : `, up to ${inUnits(bytes, sizeUnits)}`;
  return which + age + size;
}

/** What removed captures, as it is typed: `--keep 1000`, `--keep-for 30d`, `--keep-size 10gb`. */
export function limitText({
  cause,
  limit,
}: {
  readonly cause: RemovalCause;
  readonly limit: number | null;
}): string {
  switch (cause) {
    case 'keep':
      return `--keep ${limit}`;
    case 'keep_for':
      return `--keep-for ${inUnits(limit ?? 0, durationUnits)}`;
    case 'keep_size':
      return `--keep-size ${inUnits(limit ?? 0, sizeUnits)}`;
    case 'prune':
      return 'history prune';
  }
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

/** In the largest unit of which it is a whole number: `36h`, `1536mb`. */
function inUnits(value: number, units: Units): string {
  const [name, length] = units.find(([, each]) => value >= each && value % each === 0) ?? ['', 1];
  return `${value / length}${name}`;
}
