import { expect, test } from 'vitest';
import {
  detailActionOf,
  detailKeys,
  tabNames,
} from '../../../../src/inspector/page/detail/detail-keys.js';
import { keyGroups } from '../../../../src/inspector/page/keys.js';

test('each key that the help lists does something, and a digit opens its tab', () => {
  for (const key of detailKeys.flatMap(({ keys }) => keys)) {
    expect(detailActionOf(key), key).toBeDefined();
  }
  expect(['1', '2', '3', '4', '5', '6'].map((key) => detailActionOf(key))).toEqual([
    ...tabNames.map((tab) => ({ kind: 'tab', tab })),
    undefined,
  ]);
});

test('no key of the page is taken from it', () => {
  const own = keyGroups.flatMap(({ keys }) => keys.flatMap((key) => key.keys));
  expect(own.filter((key) => detailActionOf(key))).toEqual([]);
});
