import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonScanner } from '../../src/payload/json-scanner.js';

const bytes = (text: string) => new TextEncoder().encode(text);

function scan(text: string, step: number) {
  const members: string[] = [];
  const json = bytes(text);
  const scanner = new JsonScanner(json, ({ keyStart, keyEnd, start, end }) => {
    const part = (from: number, to: number) => new TextDecoder().decode(json.subarray(from, to));
    members.push(`${part(keyStart, keyEnd)} ${part(start, end)}`);
  });
  for (;;) {
    const result = scanner.run(step);
    if (result !== 'more') return { sound: result === 'sound', members };
  }
}

function isSound(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Sound JSON, and texts that are nearly so. */
const nearJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.nat(),
    fc.constantFrom('', ...'{}[],:"\\ \n\tu0e+-.1tfn', '\\u12', 'null', '\0', '\u00a0', 'é'),
    fc.nat(2),
  )
  .map(([json, place, put, cut]) => {
    const at = place % (json.length + 1);
    return json.slice(0, at) + put + json.slice(at + cut);
  });

describe('a scan of JSON', () => {
  test('takes what JSON.parse takes and nothing else, in steps of any length', () => {
    fc.assert(
      fc.property(nearJson, fc.integer({ min: 1, max: 40 }), (text, step) => {
        expect(scan(text, step).sound).toBe(isSound(text));
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    '',
    ' ',
    '01',
    '-',
    '1.',
    '1e',
    '.5',
    '+1',
    '"\\x"',
    '"\\u12g4"',
    '"\n"',
    'nul',
    '{,}',
  ])('refuses %j', (text) => {
    expect(scan(text, 1).sound).toBe(false);
  });

  test('finds the members of the outermost object, and no others', () => {
    const { sound, members } = scan(' {"a" : [1,{"b":2}], "c":{"d":"}"} ,"e":-1.5e3} ', 3);
    expect(sound).toBe(true);
    expect(members).toEqual(['"a" [1,{"b":2}]', '"c" {"d":"}"}', '"e" -1.5e3']);
    expect(scan('[{"a":1}]', 3).members).toEqual([]);
  });

  test('goes through a million levels', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    expect(scan(deep, 1000).sound).toBe(true);
    expect(scan(`${deep}]`, 1000).sound).toBe(false);
  });
});
