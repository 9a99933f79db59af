import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonPath, setOption } from '../../../../src/inspector/page/detail/value-path.js';
import { readEdit } from '../../../../src/payload/build/edit.js';
import { jsonText } from '../../../../src/payload/build/json.js';

test.each([
  [[], '$'],
  [['netcore_hook_test', 0, 'event_params', 'email'], '$.netcore_hook_test[0].event_params.email'],
  [['shop-north', 12], "$['shop-north'][12]"],
  [['it\'s "new"\n'], `$['it\\'s "new"\\n']`],
  [[''], "$['']"],
])('the JSON path of %j', (path, written) => {
  expect(jsonPath(path)).toBe(written);
});

describe('the option that sets a value', () => {
  test.each([
    [['event_params', 'email'], '"asha@example.com"', '--set event_params.email=asha@example.com'],
    [['event_params', 'ts'], '221202154805', '--set event_params.ts=221202154805'],
    [['event_params', 'name'], 'null', '--set event_params.name:=null'],
    [
      ['payload_params', 'items', 0, 'name_s'],
      '"shirt, blue"',
      "--set 'payload_params.items.0.name_s=shirt, blue'",
    ],
    [['att_params', 'FULL.NAME'], '"O\'Neil"', "--set 'att_params.FULL\\.NAME=O'\\''Neil'"],
    [['custom_params'], '{"Action":"open"}', `--set 'custom_params:={"Action":"open"}'`],
  ])('of %j with %s', (path, json, option) => {
    expect(setOption(['netcore_hook_test', 0, ...path], json)).toBe(option);
  });

  test.each([
    ['the payload', []],
    ['a panel', ['netcore_hook_test']],
    ['an event', ['netcore_hook_test', 0]],
    ['a key that holds an equals sign', ['netcore_hook_test', 0, 'a=b']],
    ['an empty key', ['netcore_hook_test', 0, 'att_params', '']],
    ['a key that the command line refuses', ['netcore_hook_test', 0, '__proto__']],
  ])('is not there for %s', (_, path) => {
    expect(setOption(path, '"value"')).toBeUndefined();
  });

  test('is read by the command line as the same place and value', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('items', 'a.b', 'a[0]', 'x:', '\\', '.'),
      fc.nat(99),
    );
    fc.assert(
      fc.property(fc.array(key, { minLength: 1 }), fc.jsonValue(), (inside, value) => {
        const json = JSON.stringify(value);
        const option = setOption(['netcore_hook_test', 0, ...inside], json);
        fc.pre(option !== undefined);
        const word = option!.slice('--set '.length);
        const typed = word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word;
        const edit = readEdit('set', typed);
        expect(edit.path).toEqual(inside.map(String));
        const read = edit.kind === 'set' ? edit.value : undefined;
        if (read?.kind === 'json')
          expect(JSON.parse(jsonText(read.json))).toEqual(JSON.parse(json));
        else expect(read?.text).toBe(typeof value === 'string' ? value : json);
      }),
    );
  });
});
