/** Uniform whole numbers from 0 to below `limit`; `limit` at most 2^32. */
export type Random = (limit: number) => number;

/** A reproducible generator: splitmix32 (https://doi.org/10.1145/2660193.2660195). */
export function seededRandom(seed: number): Random {
  // A seed may exceed 32 bits.
  let state = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
  return (limit) => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return Math.floor(((mixed >>> 0) / 2 ** 32) * limit);
  };
}

/**
 * A percentage like `2.5%` in millionths, to compare with `random(1_000_000)`. NaN for other text.
 * Without binary fractions, so that every machine draws alike.
 */
export function shareMillionths(text: string): number {
  const [, whole, part = ''] = /^(\d{1,3})(?:\.(\d{1,4}))?%$/.exec(text) ?? [];
  const share = Number(whole) * 10_000 + Number(part.padEnd(4, '0'));
  return share <= 1_000_000 ? share : Number.NaN;
}
