import { describe, expect, test } from 'vitest';
import { actionOf, keyGroups, type Press } from '../../../src/inspector/page/keys.js';

const press = (key: string, changes: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  typing: false,
  inList: true,
  ...changes,
});

describe('the keys of the page', () => {
  const all = keyGroups.flatMap(({ keys }) => keys);

  test('are each listed once', () => {
    const keys = all.flatMap((key) => key.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(all.map(({ action }) => action)).size).toBe(all.length);
  });

  test.each(all.flatMap(({ action, keys }) => keys.map((key) => [key, action] as const)))(
    '%j in the list does: %s',
    (key, action) => {
      expect(actionOf(press(key))).toBe(action);
    },
  );

  test.each(all.flatMap(({ keys }) => keys))('%j is a letter where text is typed', (key) => {
    expect(actionOf(press(key, { typing: true, inList: false }))).toBeUndefined();
  });

  test.each(['ctrlKey', 'metaKey', 'altKey'] as const)(
    'leave the browser its own: c with %s copies what is selected',
    (held) => {
      expect(actionOf(press('c', { [held]: true }))).toBeUndefined();
    },
  );

  test.each(['Enter', ' ', 'ArrowDown', 'Home', 'PageDown'])(
    'leave %j to a button that has the focus',
    (key) => {
      expect(actionOf(press(key, { inList: false }))).toBeUndefined();
    },
  );

  test.each([
    ['j', 'next'],
    ['Escape', 'close'],
    ['?', 'help'],
  ])('act everywhere else: %j', (key, action) => {
    expect(actionOf(press(key, { inList: false }))).toBe(action);
  });
});
