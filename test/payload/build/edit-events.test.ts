import { describe, expect, test } from 'vitest';
import { readEdit } from '../../../src/payload/build/edit.js';
import { editEvents } from '../../../src/payload/build/edit-events.js';
import { type Json, jsonText, readJson } from '../../../src/payload/build/json.js';

const order = readJson(`{
  "channel": "custom_activity",
  "msgid": "103",
  "custom_params": {},
  "att_params": {"CITY": "Pune", "VIP": false},
  "payload_params": {"items": [{"name_s": "shirt", "price_s": 9990.90}, {"name_s": "scarf", "price_s": 120}]},
  "event_params": {"ts": 221202154805, "activity_id": 9007199254740993, "name": null, "foreignkey": "asha@example.com"}
}`);
const open = readJson(
  '{"channel":"email","event":"open","event_params":{"email":"ravi@example.com"}}',
);

function edited(edits: readonly string[], events: readonly Json[] = [order]): unknown[] {
  const read = edits.map((words) => {
    const [kind, typed] = words.split(/ (.*)/s) as ['set' | 'add' | 'unset', string];
    return readEdit(kind, typed);
  });
  return editEvents(events, read).map((event) => JSON.parse(jsonText(event)));
}

describe('an edit', () => {
  test.each([
    ['set msgid=77', { msgid: '77' }],
    ['set msgid:=77', { msgid: 77 }],
    ['set event_params.ts=260102030405', { event_params: { ts: 260102030405 } }],
    ['set event_params.ts:="260102030405"', { event_params: { ts: '260102030405' } }],
    ['set event_params.name=Sale = now', { event_params: { name: 'Sale = now' } }],
    ['set event_params.name:=null', { event_params: { name: null } }],
    ['set att_params.VIP=true', { att_params: { VIP: true } }],
    [
      'set payload_params.items.1.name_s=hat',
      { payload_params: { items: [{}, { name_s: 'hat' }] } },
    ],
    [
      'set payload_params.items[0].price_s=1e3',
      { payload_params: { items: [{ price_s: 1000 }, {}] } },
    ],
    ['set payload_params.items=[]', { payload_params: { items: [] } }],
    ['set custom_params.tier=gold', { custom_params: { tier: 'gold' } }],
    ['set custom_params.a\\.b=1', { custom_params: { 'a.b': '1' } }],
    ['set att_params.PIN:=411001', { att_params: { PIN: 411001, CITY: 'Pune' } }],
    ['set udt_params.rank=3', { udt_params: { rank: '3' } }],
    ['add event_params.os.name=android', { event_params: { os: { name: 'android' } } }],
    [
      'add payload_params.items.2:={"name_s":"hat"}',
      { payload_params: { items: [{}, {}, { name_s: 'hat' }] } },
    ],
    ['add event=purchase', { event: 'purchase', channel: 'custom_activity' }],
    ['add event_params.ts=1', { event_params: { ts: 1 } }],
  ])('%s', (edit, expected) => {
    expect(edited([edit])[0]).toMatchObject(expected);
  });

  test('takes a key away, also out of a list', () => {
    const [event] = edited([
      'unset event_params',
      'unset payload_params.items.0',
      'unset att_params.CITY',
    ]);
    expect(event).toEqual({
      channel: 'custom_activity',
      msgid: '103',
      custom_params: {},
      att_params: { VIP: false },
      payload_params: { items: [{ name_s: 'scarf', price_s: 120 }] },
    });
  });

  test('leaves the digits of every other number as they are', () => {
    const [event] = editEvents([order], [readEdit('set', 'msgid=1')]);
    expect(jsonText(event ?? null)).toContain('"price_s":9990.90');
    expect(jsonText(event ?? null)).toContain('"activity_id":9007199254740993');
  });

  test('keeps the digits of a number that it sets', () => {
    const [event] = editEvents(
      [order],
      [readEdit('set', 'event_params.activity_id=9007199254740995')],
    );
    expect(jsonText(event ?? null)).toContain('"activity_id":9007199254740995');
  });

  test('concerns each event that has the path, and leaves the others alone', () => {
    const [first, second] = edited(['set event_params.email=asha@example.com'], [order, open]);
    expect(first).toEqual(edited([])[0]);
    expect(second).toMatchObject({ event_params: { email: 'asha@example.com' } });
  });

  test('puts a new key only where the group is, as long as one event has it', () => {
    const [first, second] = edited(['set att_params.STATE=Kerala'], [order, open]);
    expect(first).toMatchObject({ att_params: { STATE: 'Kerala' } });
    expect(second).not.toHaveProperty('att_params');
  });

  test('stays out of the prototype', () => {
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    for (const key of ['__proto__.polluted', 'constructor.polluted', 'custom_params.prototype.x']) {
      expect(() => edited([`add ${key}=1`])).toThrow(/cannot be a key of a payload/);
      expect(() => edited([`set ${key}=1`])).toThrow(/cannot be a key of a payload/);
      expect(() => edited([`unset ${key}`])).toThrow(/cannot be a key of a payload/);
    }
  });

  test('carries a hostile key of the payload along without obeying it', () => {
    const hostile = readJson('{"channel":"email","__proto__":{"polluted":1},"msgid":"1"}');
    const [event] = editEvents([hostile], [readEdit('set', 'msgid=2')]);
    expect(jsonText(event ?? null)).toBe(
      '{"channel":"email","__proto__":{"polluted":1},"msgid":"2"}',
    );
  });
});

describe('an edit that changes nothing is refused', () => {
  test.each([
    ['set event_params.foreignkye=x', 'path_not_found', 'event_params.foreignkey'],
    ['set foreignkey=x', 'path_not_found', 'event_params.foreignkey'],
    ['set params.foreignkey=x', 'path_not_found', 'event_params.foreignkey'],
    ['set msgdi=x', 'path_not_found', 'msgid'],
    ['unset payload_params.items.7', 'path_not_found', 'payload_params.items'],
    ['set event_params.device=x', 'path_not_found', '--add'],
    ['add msgid.x=1', 'invalid_value', 'below an object'],
    ['add payload_params.items.9=x', 'invalid_value', 'next position'],
    ['add payload_params.items.99999999=x', 'invalid_value', 'next position'],
    ['set event_params.ts=soon', 'invalid_value', ':='],
    ['set att_params.VIP=maybe', 'invalid_value', ':='],
    ['set payload_params.items=none', 'invalid_value', ':='],
    ['set event_params.ts:={', 'invalid_value', 'event_params.ts={'],
    ['set msgid', 'invalid_value', 'path=value'],
    ['set =5', 'invalid_value', '--set'],
    ['set a..b=5', 'invalid_value', 'event_params.email'],
    ['unset .', 'invalid_value', 'event_params.email'],
  ])('%s', (edit, code, hint) => {
    expect(() => edited([edit])).toThrow(
      expect.objectContaining({ code, exit: 2 }) as unknown as Error,
    );
    try {
      edited([edit]);
    } catch (error) {
      expect(`${(error as Error).message} ${(error as { hint: string }).hint}`).toContain(hint);
    }
  });
});
