import { describe, expect, test } from 'vitest';
import { openTargets, withoutCredentials } from '../../../../src/inspector/page/detail/targets.js';

function memory(kept?: string) {
  const items = new Map(kept === undefined ? [] : [['netcore-hook.targets', kept]]);
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => {
      items.set(key, value);
    },
  };
}

describe('the targets of replays', () => {
  test('are remembered, the last one first and each once', () => {
    const storage = memory();
    const targets = openTargets(() => storage);
    for (const target of [':3000/hook', ':4000/hook', ':3000/hook']) targets.add(target);
    expect(targets.all).toEqual([':3000/hook', ':4000/hook']);
    expect(openTargets(() => storage).all).toEqual(targets.all);
  });

  test('are at most eight', () => {
    const targets = openTargets(() => memory());
    for (let port = 3000; port < 3020; port += 1) targets.add(`:${port}/hook`);
    expect(targets.all).toHaveLength(8);
    expect(targets.all[0]).toBe(':3019/hook');
  });

  test.each([['no JSON'], ['{"a":1}'], ['null']])('are none when the browser kept %s', (kept) => {
    expect(openTargets(() => memory(kept)).all).toEqual([]);
  });

  test('need no storage', () => {
    const refuse = () => {
      throw new Error('denied');
    };
    const targets = openTargets(refuse);
    targets.add(':3000/hook');
    expect(targets.all).toEqual([':3000/hook']);
  });
});

test.each([
  ['https://netcore:secret@hooks.example.com/in', 'https://hooks.example.com/in'],
  ['netcore:secret@127.0.0.1:3000/hook', '127.0.0.1:3000/hook'],
  ['https://netcore:se@cret@hooks.example.com', 'https://hooks.example.com'],
  [':3000/hook?who=asha@example.com', ':3000/hook?who=asha@example.com'],
  [' :3000/@asha ', ':3000/@asha'],
])('of %s no password is kept', (target, kept) => {
  expect(withoutCredentials(target)).toBe(kept);
});
