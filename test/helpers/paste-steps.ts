import { expect } from 'vitest';
import type { Effort } from '../../src/payload/paste/effort.js';
import { readPaste } from '../../src/payload/paste/read-paste.js';
import { pasteOf, type Recipe } from './pastes.js';

/** So many that nothing ends for want of them, unless its steps grow with the square of its length. */
const plenty = ({ length }: string): Effort => ({ steps: 0, limit: length * 3000, isSpent: false });

/** Steps for each character. */
function rateOf(text: string, repair: boolean): number {
  const effort = plenty(text);
  readPaste(Buffer.from(text, 'utf8'), { repair, effort });
  return effort.steps / text.length;
}

/** Reads pastes of several lengths; longer ones are made only when the steps seem to grow. */
export function expectLinear(one: Recipe, repair: boolean): void {
  const rate = (length: number) => rateOf(pasteOf(one, length), repair);
  if (rate(4000) <= rate(1000) * 1.2) return;
  // What is bounded, like the depth of texts in texts or a second reading for --repair, may be
  // reached only by a longer one.
  const first = rate(16_000);
  expect(rate(64_000), JSON.stringify(one)).toBeLessThan(first * (repair ? 2.5 : 1.5));
}
