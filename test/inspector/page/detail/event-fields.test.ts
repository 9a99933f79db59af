import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EventField,
  eventFields,
  shownValue,
} from '../../../../src/inspector/page/detail/event-fields.js';
import { listSamples } from '../../../../src/sample-files.js';

const fieldAt = (event: string, path: string): EventField | undefined =>
  eventFields(event)
    .groups.flatMap(({ fields }) => fields)
    .find((field) => field.path.join('.') === path);

describe('the fields of an event', () => {
  test('come in groups, its own first, then event_params', () => {
    const { groups } = eventFields(
      '{"att_params":{"EMAIL":"asha@example.com"},"region":{"zone":"south"},"event_params":{"ts":221202154805},"msgid":"546"}',
    );
    expect(groups.map(({ name, fields }) => [name, fields.map((field) => field.name)])).toEqual([
      [null, ['msgid']],
      ['event_params', ['ts']],
      ['att_params', ['EMAIL']],
      ['region', ['zone']],
    ]);
  });

  test('tell lists and objects within a group field by field, with the paths that --set takes', () => {
    const event =
      '{"channel":"custom_activity","payload_params":{"items":[{"name_s":"shirt","price_s":9990.90}]}}';
    expect(fieldAt(event, 'payload_params.items.0.price_s')).toMatchObject({
      name: 'items.0.price_s',
      json: '9990.90',
    });
    expect(fieldAt('{"event_params":{"token":["abc"]}}', 'event_params.token.0')?.meaning).toMatch(
      /push tokens/,
    );
  });

  test('keep empty groups, as objects and as lists', () => {
    const { groups } = eventFields('{"custom_params":{},"udt_params":[]}');
    expect(groups.map(({ name, fields }) => [name, fields.length])).toEqual([
      ['udt_params', 0],
      ['custom_params', 0],
    ]);
  });

  test('say which are documented, and for which channels', () => {
    const event = '{"channel":"sms","region":"south","event_params":{"url":"https://example.com"}}';
    expect(fieldAt(event, 'region')?.meaning).toBeNull();
    expect(fieldAt(event, 'event_params.url')?.meaning).toMatch(/Documented for rcs only\.$/);
    expect(
      fieldAt('{"channel":"RCS","event_params":{"url":null}}', 'event_params.url')?.meaning,
    ).toMatch(/may be null\.$/);
  });

  test('are at most five hundred', () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`key${at}`, at]));
    const { groups, cut } = eventFields(JSON.stringify({ msgid: '1', custom_params: many }));
    expect(cut).toBe(true);
    expect(groups.flatMap(({ fields }) => fields)).toHaveLength(500);
  });

  test('lie in at most fifty groups', () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`group${at}`, { at }]));
    const { groups, cut } = eventFields(JSON.stringify(many));
    expect([groups.length, cut]).toEqual([50, true]);
  });

  test.each([['null'], ['"hello"'], ['17'], ['[1,2]']])(
    'of %s, which is no object, are its value',
    (json) => {
      expect(
        eventFields(json).groups.flatMap(({ fields }) => fields.map((field) => field.json)),
      ).toEqual([json]);
    },
  );

  test('miss none of a sample', () => {
    for (const event of listSamples().flatMap(({ payload }) => Object.values(payload).flat())) {
      const { groups, cut } = eventFields(JSON.stringify(event));
      const told = groups.flatMap(({ fields }) => fields.map(({ json }) => JSON.parse(json)));
      const leaves = (value: unknown): unknown[] =>
        typeof value === 'object' && value !== null
          ? Object.values(value).flatMap(leaves)
          : [value];
      expect(told.sort()).toEqual(leaves(event).sort());
      expect(cut).toBe(false);
    }
  });
});

describe('a remark', () => {
  test.each([
    [
      '{"event_params":{"ts":221202154805,"timestamp":"2022-12-02T15:48:05"}}',
      'event_params.ts',
      'Reads 2022-12-02 15:48:05.',
    ],
    [
      '{"event_params":{"ts":"221202154805","timestamp":"2022-12-02T10:18:05"}}',
      'event_params.ts',
      'Reads 2022-12-02 15:48:05. The timestamp differs.',
    ],
    ['{"event_params":{"ts":1669996085}}', 'event_params.ts', 'This is not YYMMDDHHMMSS.'],
    [
      '{"event_params":{"activity_id":9007199254740993}}',
      'event_params.activity_id',
      'Too large for a JavaScript number: JSON.parse would round it.',
    ],
    [
      '{"msgid":"1","msgid":"2"}',
      'msgid',
      'This key is repeated; most JSON parsers keep only the last value.',
    ],
    ['{"event_params":{"linkid":"0"}}', 'event_params.linkid', null],
  ])('on %s', (event, path, remark) => {
    expect(fieldAt(event, path)?.remark).toBe(remark);
  });
});

test('no JSON makes it fail, and no field is other than it stands there', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      for (const { fields } of eventFields(json).groups) {
        for (const field of fields) {
          expect(json).toContain(field.json);
          shownValue(field.json);
        }
      }
    }),
  );
});
