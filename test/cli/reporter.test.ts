import { expect, test } from 'vitest';
import { beginningWith } from '../../src/cli/reporter.js';

test('notices wait for the one that programs expect first, and warnings do not', () => {
  const emitted: string[] = [];
  const emit = beginningWith<{ readonly type: string }>('ready', ({ type }) => emitted.push(type));
  for (const type of ['capture', 'warning', 'refused', 'ready', 'capture']) emit({ type });
  expect(emitted).toEqual(['warning', 'ready', 'capture', 'refused', 'capture']);
});
