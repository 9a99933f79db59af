import { describe, expect, test } from 'vitest';
import { inventContact } from '../../../src/payload/build/contacts.js';
import { readEdit } from '../../../src/payload/build/edit.js';
import { type JsonObject, readJson } from '../../../src/payload/build/json.js';
import {
  type Freshness,
  type PayloadOptions,
  type PayloadSource,
  planPayloads,
} from '../../../src/payload/build/plan-payloads.js';
import { seededRandom } from '../../../src/payload/build/random.js';
import { wallClockOf } from '../../../src/payload/build/wall-clock.js';
import type { Channel } from '../../../src/payload/channels.js';
import { eventIdentity, eventKey } from '../../../src/payload/event-key.js';
import { listSamples } from '../../../src/sample-files.js';

const noon = Date.UTC(2026, 6, 1, 6, 30, 5);
const asIs: PayloadOptions = { edits: [], batch: undefined, panel: undefined, fresh: undefined };
const fresh = (zone = 'Asia/Kolkata', contacts?: number): Freshness => ({
  now: () => noon,
  clockAt: wallClockOf('--tz', zone),
  random: seededRandom(7),
  contacts: contacts === undefined ? undefined : { count: contacts, at: inventContact },
});

function sample(channel: Channel, activity: string): PayloadSource {
  const found = listSamples().find((s) => s.channel === channel && s.activity === activity);
  const payload = found?.payload as unknown as JsonObject;
  return { name: `${channel} ${activity}`, payload, channel };
}
const own = (text: string): PayloadSource => ({
  name: 'payload.json',
  payload: readJson(text) as JsonObject,
  text,
});

interface Sent {
  channel: string;
  msgid: unknown;
  event?: string;
  event_params: { ts: unknown; timestamp: string; email?: string; foreignkey?: string };
}
const parsed = (json: string): Record<string, Sent[]> => JSON.parse(json);
const events = (json: string) => Object.values(parsed(json)).flat();
const contactsOf = (json: string) => events(json).map((event) => event.event_params.foreignkey);
const keysOf = (json: string) =>
  Object.values(parsed(json))
    .flat()
    .map((event) => eventKey('netcore_hook_test', event).key);

describe('a sample', () => {
  test('goes whole, the events of other channels too', () => {
    const plan = planPayloads([sample('sms', 'delivered')], asIs);
    expect(plan.calls).toBe(1);
    expect(events(plan.build(0).json).map((event) => event.channel)).toEqual(['sms', 'email']);
  });

  test('stays exactly as it is when nothing is to be fresh', () => {
    for (const { channel, activity, payload } of listSamples()) {
      const { json } = planPayloads([sample(channel, activity)], asIs).build(0);
      expect(json).toBe(JSON.stringify(payload));
    }
  });

  test.each(listSamples())(
    'of $channel $activity is fresh in the form that it had',
    ({ channel, activity, payload }) => {
      const plan = planPayloads([sample(channel, activity)], { ...asIs, fresh: fresh() });
      const before = Object.values(payload).flat() as unknown as Sent[];
      const after = events(plan.build(0).json);
      expect(new Set(after.map((event) => event.msgid)).size).toBe(
        new Set(before.map((event) => event.msgid)).size,
      );
      for (const [index, event] of after.entries()) {
        const old = before[index];
        expect(event.msgid).not.toBe(old?.msgid);
        expect(typeof event.msgid).toBe(typeof old?.msgid);
        expect(event.event_params.timestamp).toBe('2026-07-01T12:00:05');
        expect(event.event_params.ts).toBe(
          typeof old?.event_params.ts === 'number' ? 260701120005 : '260701120005',
        );
      }
    },
  );

  test.each([
    ['UTC', '2026-07-01T06:30:05'],
    ['America/New_York', '2026-07-01T02:30:05'],
    ['Pacific/Kiritimati', '2026-07-01T20:30:05'],
  ])('happens on the clocks of %s', (zone, timestamp) => {
    const plan = planPayloads([sample('email', 'open')], { ...asIs, fresh: fresh(zone) });
    expect(events(plan.build(0).json)[0]?.event_params.timestamp).toBe(timestamp);
  });

  test.each(['UTC', 'Etc/GMT'])('shows midnight of %s as 00', (zone) => {
    expect(wallClockOf('--tz', zone)(Date.UTC(2026, 0, 1))).toEqual({
      ts: '260101000000',
      timestamp: '2026-01-01T00:00:00',
    });
  });

  test('takes the usual zone for what the tables say it is', () => {
    for (const moment of [Date.UTC(1970, 0, 1), noon, Date.UTC(2026, 11, 31, 23, 59, 59)]) {
      const table = wallClockOf('--tz', 'Asia/Calcutta')(moment);
      expect(wallClockOf('--tz', 'Asia/Kolkata')(moment)).toEqual(table);
    }
  });

  test('keeps a time and an id that were set, and renews the others', () => {
    const edits = [readEdit('set', 'event_params.ts=1'), readEdit('set', 'msgid=-1')];
    const plan = planPayloads([sample('email', 'open')], { ...asIs, edits, fresh: fresh() });
    expect(events(plan.build(0).json)[0]).toMatchObject({
      msgid: '-1',
      event_params: { ts: 1, timestamp: '2026-07-01T12:00:05' },
    });
  });

  test('is repeatable from a seed, and one message to another contact in each call', () => {
    const build = () => planPayloads([sample('email', 'open')], { ...asIs, fresh: fresh() });
    expect(build().build(3)).toEqual(build().build(3));
    const plan = build();
    const calls = [0, 1, 2, 3].map((call) => plan.build(call));
    expect(new Set(calls.map(({ msgid }) => msgid)).size).toBe(1);
    expect(calls.flatMap(({ json }) => events(json)[0]?.event_params.email)).toEqual([
      'asha@example.com',
      'ravi@example.com',
      'meera@example.com',
      'arjun@example.com',
    ]);
  });

  test('is sent for the panel that is asked for', () => {
    const plan = planPayloads([sample('rcs', 'open')], { ...asIs, panel: 'shop_uk' });
    expect(Object.keys(parsed(plan.build(0).json))).toEqual(['shop_uk']);
  });
});

describe('a batch', () => {
  test("cycles the chosen channel's events", () => {
    const plan = planPayloads([sample('sms', 'delivered')], { ...asIs, batch: 5, fresh: fresh() });
    const built = plan.build(0);
    expect(built.events).toBe(5);
    expect(events(built.json).map((event) => event.channel)).toEqual(Array(5).fill('sms'));
    expect(new Set(events(built.json).map((event) => event.msgid)).size).toBe(1);
    expect(new Set(contactsOf(built.json)).size).toBe(5);
  });

  test('mixes channels, and goes on in the next call where the last one ended', () => {
    const sources = [sample('email', 'open'), sample('whatsapp', 'click'), sample('rcs', 'click')];
    const plan = planPayloads(sources, { ...asIs, batch: 4 });
    expect(plan.calls).toBe(1);
    const channelsOf = (call: number) => events(plan.build(call).json).map((e) => e.channel);
    expect(channelsOf(0)).toEqual(['email', 'whatsapp', 'rcs', 'email']);
    expect(channelsOf(1)).toEqual(['WhatsApp', 'rcs', 'email', 'whatsapp']);
    expect(plan.build(0).name).toBe('email open, whatsapp click, rcs click');
  });

  test('takes as many calls as it needs for every source', () => {
    const sources = listSamples().map(({ channel, activity }) => sample(channel, activity));
    expect(planPayloads(sources, { ...asIs, batch: 4 }).calls).toBe(5);
  });

  test('goes on with other contacts in the next call', () => {
    const plan = planPayloads([sample('email', 'open')], { ...asIs, batch: 3, fresh: fresh() });
    const contacts = [0, 1, 2].flatMap((call) => contactsOf(plan.build(call).json));
    expect(new Set(contacts).size).toBe(9);
  });

  test('is refused when there is no event to take', () => {
    expect(() => planPayloads([own('{"shop":[]}')], { ...asIs, batch: 2 })).toThrow(
      /contains none/,
    );
  });
});

describe("a user's own payload", () => {
  const text =
    '{ "b": [{"msgid": 9007199254740993}], "1": [{"price": 9990.90}], "note": {"x": 1} }';

  test('keeps its digits and its order when nothing changes, without blanks between tokens', () => {
    expect(planPayloads([own(text)], asIs).build(0).json).toBe(
      '{"b":[{"msgid":9007199254740993}],"1":[{"price":9990.90}],"note":{"x":1}}',
    );
  });

  test('keeps its digits when another key is edited', () => {
    const edits = [readEdit('add', 'custom_params.tier=gold')];
    const { json, msgid } = planPayloads([own(text)], { ...asIs, edits }).build(0);
    expect(json).toContain('9007199254740993');
    expect(json).toContain('9990.90');
    expect(json).toContain('"note":{"x":1}');
    expect(msgid).toBe('9007199254740993');
  });

  test('keeps each event with its panel in a batch', () => {
    const plan = planPayloads([own(text)], { ...asIs, batch: 3 });
    const counts = Object.entries(parsed(plan.build(0).json)).map(([p, e]) => [p, e.length]);
    expect(counts).toEqual([
      ['1', 2],
      ['b', 1],
    ]);
  });

  test('moves to one panel when that is asked for', () => {
    const { json } = planPayloads([own(text)], { ...asIs, panel: 'shop' }).build(0);
    expect(JSON.parse(json)).toMatchObject({ shop: [{ price: 9990.9 }, {}], note: { x: 1 } });
    expect(Object.keys(JSON.parse(json)).sort()).toEqual(['note', 'shop']);
  });
});

describe('contacts', () => {
  const chain = ['delivered', 'open', 'click'].map((activity) => sample('email', activity));

  test('have their activities as a chain in time order, one after the other', () => {
    const plan = planPayloads(chain, { ...asIs, fresh: fresh('Asia/Kolkata', 3) });
    expect(plan.calls).toBe(9);
    const sent = Array.from({ length: 9 }, (_, call) => events(plan.build(call).json)[0]);
    expect(sent.map((event) => `${event?.event_params.email} ${event?.event}`).slice(0, 4)).toEqual(
      [
        'asha@example.com delivered',
        'asha@example.com open',
        'asha@example.com click',
        'ravi@example.com delivered',
      ],
    );
    expect(sent.slice(0, 3).map((event) => event?.event_params.timestamp)).toEqual([
      '2026-07-01T11:58:05',
      '2026-07-01T11:59:05',
      '2026-07-01T12:00:05',
    ]);
    expect(new Set(sent.map((event) => event?.msgid)).size).toBe(1);
  });

  test('have whole chains in a batch', () => {
    const plan = planPayloads(chain, { ...asIs, batch: 4, fresh: fresh('UTC', 3) });
    expect(plan.calls).toBe(3);
    const sent = [0, 1, 2].flatMap((call) => events(plan.build(call).json));
    expect(sent.slice(0, 9).map((event) => event.event_params.email?.replace(/@.*/, ''))).toEqual(
      ['asha', 'ravi', 'meera'].flatMap((name) => [name, name, name]),
    );
  });

  test('are a thousand at most by themselves, and no two events are the same', () => {
    const sources = listSamples().map(({ channel, activity }) => sample(channel, activity));
    for (const options of [
      { ...asIs, batch: 700, fresh: fresh() },
      { ...asIs, batch: 7, fresh: fresh('UTC', 2) },
      { ...asIs, fresh: fresh('UTC', 3) },
    ]) {
      const plan = planPayloads(sources, options);
      const calls = Array.from({ length: 60 }, (_, call) => plan.build(call).json);
      const keys = calls.flatMap(keysOf);
      expect(new Set(keys).size).toBe(keys.length);
      const [first = ''] = calls;
      if (!options.fresh.contacts) expect(new Set(contactsOf(first)).size).toBeGreaterThan(690);
    }
  });

  test('are never in one call twice, unless they were chosen', () => {
    for (const { channel, activity } of listSamples()) {
      const plan = planPayloads([sample(channel, activity)], { ...asIs, fresh: fresh() });
      const ids = events(plan.build(0).json).map((event) => eventIdentity('shop', event).contact);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});
