import { size, time, whole } from './kinds.js';
import type { OptionRow } from './option.js';

export const maxCaptures = 1_000_000_000;

/** The retention limits of prune. */
export const keepFor = {
  flags: '--keep-for <duration>',
  kind: time({ max: Number.MAX_SAFE_INTEGER }),
  description: 'keep captures of the last 7d, 12h',
} as const satisfies OptionRow;

export const keepSize = {
  flags: '--keep-size <size>',
  // An empty store takes some hundred kilobytes.
  kind: size({ min: 1024 ** 2 }),
  description: 'keep the newest captures that fit into 1gb, 500mb',
} as const satisfies OptionRow;

export const keep = {
  flags: '--keep <number>',
  kind: whole({ min: 0, max: maxCaptures }, 100_000),
  description: 'keep only the newest N captures',
} as const satisfies OptionRow;

/** The retention limits of a listener. */
export const keepForAlways = {
  ...keepFor,
  description: 'keep captures for this long: 30d, 12h; calls waiting to be forwarded are kept',
  default: '30d',
  key: 'keepFor',
} as const satisfies OptionRow;

export const keepSizeAlways = {
  ...keepSize,
  description:
    'keep the newest captures that fit into this size: 10gb, 500mb; calls waiting to be forwarded are kept',
  default: '10gb',
  key: 'keepSize',
} as const satisfies OptionRow;

export const keepAlways = {
  ...keep,
  description: 'keep only the newest N captures; calls waiting to be forwarded are kept',
  key: 'keep',
} as const satisfies OptionRow;
