import { size, time, whole } from './kinds.js';
import type { OptionRow } from './option.js';

export const maxCaptures = 1_000_000_000;

/** The limits of a store, as prune takes them. */
export const keepFor = {
  flags: '--keep-for <duration>',
  kind: time({ max: Number.MAX_SAFE_INTEGER }),
  says: 'keep captures of the last 7d, 12h',
} as const satisfies OptionRow;

export const keepSize = {
  flags: '--keep-size <size>',
  // A store takes some hundred kilobytes before it holds a call.
  kind: size({ min: 1024 ** 2 }),
  says: 'keep the newest captures that fit into 1gb, 500mb',
} as const satisfies OptionRow;

export const keep = {
  flags: '--keep <number>',
  kind: whole({ min: 0, max: maxCaptures }, 100_000),
  says: 'keep only the newest N captures',
} as const satisfies OptionRow;

/** The same, as a listener takes them all the time. */
export const keepForAlways = {
  ...keepFor,
  says: 'keep captures of the last 30d, 12h; waiting calls stay longer',
  setting: 'The store keeps captures this long. Waiting calls stay longer.',
  standard: '30d',
  key: 'keepFor',
} as const satisfies OptionRow;

export const keepSizeAlways = {
  ...keepSize,
  says: 'keep the newest captures that fit into 10gb, 500mb of data; waiting calls stay',
  setting: 'The store keeps the newest captures that fit into this size. Waiting calls stay.',
  standard: '10gb',
  key: 'keepSize',
} as const satisfies OptionRow;

export const keepAlways = {
  ...keep,
  says: 'keep only the newest N captures; waiting calls stay',
  setting: 'The store keeps only this many captures, the newest. Waiting calls stay.',
  key: 'keep',
} as const satisfies OptionRow;
