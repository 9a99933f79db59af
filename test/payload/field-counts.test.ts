import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBaseline, writeBaseline } from '../../src/payload/field-baseline.js';
import { FieldCounts } from '../../src/payload/field-counts.js';
import { type CountedFields, findDrift } from '../../src/payload/field-drift.js';

function counted(events: readonly unknown[]): CountedFields {
  const counts = new FieldCounts();
  for (const [index, event] of events.entries()) counts.add(event, 1000 + index);
  return { kinds: counts.kinds(), fields: [...counts.fields()] };
}

const fieldsOf = (events: readonly unknown[]) =>
  Object.fromEntries(counted(events).fields.map(({ path, ...facts }) => [path.join('.'), facts]));

const open = (fields: object) => ({ channel: 'email', event: 'open', ...fields });
const many = (count: number, event: unknown) => Array.from({ length: count }, () => event);

test('counts fields by type and time, and each list element once for an event', () => {
  const fields = fieldsOf([
    open({ payload_params: { items: [{ price: 1 }, { price: '2' }, { price: 3 }] } }),
    open({ event_params: { ts: 261123140005 } }),
    open({ event_params: { ts: '261123140005' } }),
  ]);
  expect(fields).toMatchObject({
    'event_params.ts': {
      events: 2,
      types: { number: 1, text: 1 },
      first: 1001,
      last: 1002,
      documented: true,
    },
    'payload_params.items.*.price': { events: 1, types: { number: 1, text: 1 }, documented: false },
    channel: { events: 3, types: { text: 3 }, first: 1000, last: 1002 },
  });
});

test('folds known spellings of channels, activities and fields', () => {
  const { kinds, fields } = counted([
    { channel: 'WhatsApp', event: 'Clicked', event_params: { useragent: '' } },
    { channel: 'whatsapp', event: 'click', event_params: { user_agent: '' } },
  ]);
  expect(kinds).toEqual([{ channel: 'whatsapp', activity: 'click', events: 2 }]);
  expect(fields.map(({ path }) => path.join('.'))).toEqual([
    'channel',
    'event',
    'event_params',
    'event_params.user_agent',
  ]);
});

test('keeps no value, also where a key or a name is one', () => {
  const text = [
    ...writeBaseline(counted([open({ att_params: { 'asha@example.com': 1, '919000000001': 2 } })])),
  ].join('');
  expect(text).not.toMatch(/asha|919000000001/);
  expect(text).toContain('["att_params","*"]');
});

test('a hostile store fills bounded memory', () => {
  const counts = new FieldCounts();
  for (let kind = 0; kind < 2000; kind += 1) {
    counts.add({ channel: `c${kind}`, [`f${kind}`]: 1 }, 0);
  }
  for (let field = 0; field < 30_000; field += 1) counts.add(open({ [`k${field}`]: 1 }), 0);
  expect(counts.kinds()).toHaveLength(1000);
  expect([...counts.fields()].length).toBeLessThanOrEqual(20_000);
  expect(counts.isFull).toBe(true);
});

test('says once what is new', () => {
  const counts = new FieldCounts();
  expect(counts.add(open({ a: 1 }), 0).map(({ path }) => path.join('.'))).toEqual([
    'channel',
    'event',
    'a',
  ]);
  expect(counts.add(open({ a: 2 }), 0)).toEqual([]);
  expect(counts.add(open({ a: '2' }), 0)).toMatchObject([
    { path: ['a'], type: 'text', eventsBefore: 2 },
  ]);
});

describe('drift', () => {
  const before = counted(many(10, open({ a: 1, b: { c: 1 } })));
  const changes = (events: readonly unknown[]) =>
    findDrift(before, counted(events)).map(
      ({ change, channel, path, types }) =>
        `${change} ${channel} ${path.join('.')} ${types.join()}`,
    );

  test.each([
    ['nothing', many(10, open({ a: 1, b: { c: 1 } })), []],
    [
      'a new field with its parts',
      many(10, open({ a: 1, b: { c: 1 }, d: { e: 1 } })),
      ['field_added email d object'],
    ],
    [
      'a new type',
      [...many(9, open({ a: 1, b: { c: 1 } })), open({ a: null, b: { c: 1 } })],
      ['type_added email a null'],
    ],
    ['a field that is missing', many(10, open({ a: 1 })), ['field_removed email b object']],
    ['a part that is missing', many(10, open({ a: 1, b: {} })), ['field_removed email b.c number']],
    ['too few events to miss it', many(4, open({ a: 1 })), []],
    ['a new kind of event', [{ channel: 'sms', event: 'click', x: 1 }], ['kind_added sms  ']],
    ['no events', [], []],
  ])('finds %s', (_, events, expected) => {
    expect(changes(events)).toEqual(expected);
  });
});

test('a baseline reads back as it was written, and nothing else reads as one', () => {
  fc.assert(
    fc.property(fc.array(fc.object({ maxDepth: 3 })), (events) => {
      const found = counted(events);
      const read = readBaseline([...writeBaseline(found)].join(''));
      expect(read).toEqual(JSON.parse(JSON.stringify(found)));
      const counts = new FieldCounts();
      counts.restore(found.kinds, found.fields);
      expect(findDrift(found, { kinds: counts.kinds(), fields: [...counts.fields()] })).toEqual([]);
    }),
  );
  for (const text of [
    '',
    '{}',
    '[]',
    '{"type":"fields","version":1,"kinds":[{}],"fields":[]}',
    'null',
  ]) {
    expect(readBaseline(text)).toBeUndefined();
  }
});
