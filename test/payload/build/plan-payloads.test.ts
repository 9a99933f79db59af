import { describe, expect, test } from 'vitest';
import { readEdit } from '../../../src/payload/build/edit.js';
import { type JsonObject, readJson } from '../../../src/payload/build/json.js';
import {
  type PayloadOptions,
  type PayloadSource,
  planPayloads,
} from '../../../src/payload/build/plan-payloads.js';
import { seededRandom } from '../../../src/payload/build/random.js';
import { wallClockOf } from '../../../src/payload/build/wall-clock.js';
import type { Channel } from '../../../src/payload/channels.js';
import { listSamples } from '../../../src/sample-files.js';

const noon = Date.UTC(2026, 6, 1, 6, 30, 5);
const asIs: PayloadOptions = { edits: [], batch: undefined, panel: undefined, fresh: undefined };
const fresh = (zone = 'Asia/Kolkata') => {
  const show = wallClockOf('--tz', zone);
  return { clock: () => show(noon), random: seededRandom(7) };
};

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
  event_params: { ts: unknown; timestamp: string; email?: string };
}
const parsed = (json: string): Record<string, Sent[]> => JSON.parse(json);
const events = (json: string) => Object.values(parsed(json)).flat();

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
      expect(new Set(after.map((event) => event.msgid)).size).toBe(before.length);
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

  test('is repeatable from a seed, and differs from call to call', () => {
    const build = () => planPayloads([sample('email', 'open')], { ...asIs, fresh: fresh() });
    expect(build().build(3)).toEqual(build().build(3));
    const plan = build();
    const ids = [0, 1, 2, 3].map((call) => plan.build(call).msgid);
    expect(new Set(ids).size).toBe(4);
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
    expect(new Set(events(built.json).map((event) => event.msgid)).size).toBe(5);
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

  test('never repeats an id from one call to the next', () => {
    const plan = planPayloads([sample('email', 'open')], { ...asIs, batch: 3, fresh: fresh() });
    const ids = [0, 1, 2].flatMap((call) => events(plan.build(call).json).map((e) => e.msgid));
    expect(new Set(ids).size).toBe(9);
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

  test('is sent as it was written when nothing changes', () => {
    expect(planPayloads([own(text)], asIs).build(0).json).toBe(text);
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
