import { duration, wholeNumber } from '../cli/option-values.js';
import type { Retention } from '../store/retention.js';

export const mostCaptures = 1_000_000_000;

/** `--keep` and `--keep-for`; what is not given has no bound. */
export function readRetention(typed: {
  readonly keep?: string | undefined;
  readonly keepFor?: string | undefined;
}): Retention {
  return {
    captures:
      typed.keep === undefined
        ? undefined
        : wholeNumber('--keep', typed.keep, { min: 0, max: mostCaptures }),
    age: typed.keepFor === undefined ? undefined : duration('--keep-for', typed.keepFor),
  };
}
