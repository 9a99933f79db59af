import { expect, test } from 'vitest';
import { clockNotice, clockText } from '../../src/commands/clock-text.js';

const hour = 3_600_000;
const day = 24 * hour;

test.each([
  [
    'jump',
    40 * day,
    'The clock has jumped ahead by 40 days. Captures are not removed by age until it is correct again, or for another 23 h.',
  ],
  ['jump', -5 * hour, 'The clock has jumped back by 5 h. Captures are not'],
  [
    'gap',
    40 * day,
    'The clock is 40 days ahead of the time when this store was last in use. Captures are not',
  ],
  [
    'gap',
    -40 * day,
    'The clock is 40 days behind the time when this store was last in use. Captures are not',
  ],
] as const)('a %s of %d ms is said in words', (since, aheadMs, words) => {
  const text = clockText(clockNotice({ since, aheadMs, ranMs: hour }), '--keep-for 7d');
  expect(text.startsWith(words)).toBe(true);
  expect(text).toContain('To remove old ones now: netcore-hook history prune --keep-for 7d');
});
