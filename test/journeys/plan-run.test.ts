import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reactionOf } from '../../src/journeys/carrier.js';
import { messageChannels } from '../../src/journeys/journey-schema.js';
import { readJourney } from '../../src/journeys/read-journey.js';
import { eventKey } from '../../src/payload/event-key.js';
import { eventSchema } from '../../src/payload/schema.js';
import { journeyNames } from '../../src/sample-files.js';
import { builtIn, hourMs, planOf, type Simulated, simulate, start } from '../helpers/journeys.js';

function eventsBy(field: 'webhook_name' | 'msgid', events: Simulated['events']) {
  const groups = new Map<string, Simulated['events'][number][]>();
  for (const each of events) {
    const name = each.event[field];
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return groups;
}

const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const share = fc.integer({ min: 0, max: 1_000_000 });
/** Every built-in journey, and the broadcast on every channel. */
const journeys = [
  ...journeyNames().map((name) => [name, builtIn(name)] as const),
  ...messageChannels.map((each) => [`broadcast ${each}`, builtIn('broadcast', each)] as const),
];
const runs = { numRuns: 20 };

describe.each(journeys)('%s, for every seed', (_, journey) => {
  test('sends only events of the published schema, with times that agree', () => {
    fc.assert(
      fc.property(seed, (each) => {
        const { events } = simulate(planOf(journey, { seed: each, contacts: 15 }));
        for (const { sending, event } of events) {
          expect(eventSchema.safeParse(event).error).toBeUndefined();
          const { ts, timestamp } = event.event_params;
          expect(String(ts)).toBe(String(timestamp).slice(2).replace(/\D/g, ''));
          // The panel's zone is that of India, UTC+05:30.
          const moment = new Date(start + sending.time + 5.5 * hourMs).toISOString();
          expect(timestamp).toBe(moment.slice(0, 19));
          expect(event.journey_name).toBe(journey.isBroadcast ? undefined : journey.name);
        }
      }),
      runs,
    );
  });

  test('has contacts who deliver, open and click in this order, and do nothing after a failure', () => {
    fc.assert(
      fc.property(seed, share, share, (each, duplicates, late) => {
        const plan = planOf(journey, { seed: each, duplicates, late });
        const times = new Map<string, Map<string, number>>();
        for (const { sending } of simulate(plan).events) {
          const reaction = reactionOf(sending.carrier);
          if (!reaction) continue;
          const of = `${sending.contact} ${reaction.message}`;
          times.set(of, (times.get(of) ?? new Map()).set(reaction.kind, sending.time));
        }
        for (const each of times.values()) {
          const { delivered, open, click, failure } = Object.fromEntries(each);
          if (failure !== undefined) expect([...each.keys()]).toEqual(['failure']);
          if (delivered !== undefined && open !== undefined)
            expect(delivered).toBeLessThanOrEqual(open);
          if (open !== undefined && click !== undefined) expect(open).toBeLessThanOrEqual(click);
        }
        if (!journey.isBroadcast) return;
        // All that happens is sent, so a reaction implies the one before it.
        const [message] = journey.nodes;
        for (const each of times.values()) {
          if (each.has('open')) expect([...each.keys()]).toContain('delivered');
          const before =
            message?.type === 'message' && message.reactions.open.activity ? 'open' : 'delivered';
          if (each.has('click')) expect([...each.keys()]).toContain(before);
        }
      }),
      runs,
    );
  });

  test('puts only events of one webhook and one window into a call, in the order of their times', () => {
    fc.assert(
      fc.property(
        seed,
        fc.integer({ min: 1, max: 3 * hourMs }),
        fc.integer({ min: 1, max: 7 }),
        share,
        (each, batchEveryMs, batchMax, late) => {
          const plan = planOf(journey, { seed: each, batchEveryMs, batchMax, late });
          const { calls } = simulate({ ...plan, overMs: hourMs });
          let before = 0;
          for (const { at, label, sendings } of calls) {
            expect(at).toBeGreaterThanOrEqual(before);
            before = at;
            expect(sendings.length).toBeLessThanOrEqual(batchMax);
            const windows = sendings.map((sending) => Math.floor(sending.at / batchEveryMs));
            expect(new Set(windows).size).toBe(1);
            for (const sending of sendings) {
              expect(sending.at).toBeLessThanOrEqual(at);
              const node = journey.nodes[sending.webhook];
              expect(node).toMatchObject({ type: 'webhook', label });
            }
          }
        },
      ),
      runs,
    );
  });

  test('repeats events with the same bytes in a later call of the same webhook', () => {
    fc.assert(
      fc.property(seed, share, (each, duplicates) => {
        const base = planOf(journey, { seed: each, contacts: 30 });
        const plain = simulate(base);
        const repeated = simulate({ ...base, duplicates, late: 300_000 });
        const texts = (run: typeof plain) => run.events.map(({ event }) => JSON.stringify(event));
        // Repeats and late events change nothing else.
        expect(new Set(texts(repeated))).toEqual(new Set(texts(plain)));
        const callOf = new Map<string, string>();
        for (const [number, call] of repeated.calls.entries()) {
          for (const { contact, webhook, carrier } of call.sendings) {
            const key = `${contact} ${webhook} ${carrier}`;
            const first = callOf.get(key);
            if (first !== undefined) expect(first).not.toBe(`${number} ${call.label}`);
            callOf.set(key, `${number} ${call.label}`);
          }
        }
      }),
      runs,
    );
  });

  test('gives each event of a contact a key of its own', () => {
    fc.assert(
      fc.property(seed, (each) => {
        const { events } = simulate(planOf(journey, { seed: each }));
        const keys = new Map<string, string>();
        for (const { sending, event } of events) {
          const { key, weak } = eventKey('netcore_hook_test', event);
          expect(weak).toBe(false);
          const own = `${sending.contact} ${sending.carrier}`;
          expect(keys.get(key) ?? own).toBe(own);
          keys.set(key, own);
        }
      }),
      runs,
    );
  });
});

test('sends late events after their window, and marks them', () => {
  const journey = builtIn('broadcast');
  const { events } = simulate(planOf(journey, { late: 500_000, contacts: 200 }));
  const late = events.filter(({ sending }) => sending.late);
  expect(late.length).toBeGreaterThan(events.length / 3);
  for (const { sending } of late) {
    expect(sending.at).toBeGreaterThanOrEqual(sending.time + 5000);
  }
  expect(events.filter(({ sending }) => !sending.late && sending.at !== sending.time)).toEqual([]);
});

test('waits carry their activity when met, and the activity of the start when missed', () => {
  const journey = builtIn('abandoned-cart');
  const { events } = simulate(planOf(journey, { contacts: 300 }));
  const byLabel = eventsBy('webhook_name', events);
  const activities = (label: string) =>
    new Set(byLabel.get(label)?.map(({ event }) => `${event.channel} ${event.event}`));
  expect(activities('Cart reminder opened')).toEqual(new Set(['whatsapp open', 'email open']));
  expect(activities('Call centre')).toEqual(new Set(['whatsapp clicked']));
  expect(activities('Cart reminder unread')).toEqual(new Set(['custom_activity undefined']));
  const [unread] = byLabel.get('Cart reminder unread') ?? [];
  expect(unread?.event.event_params.asset_name).toBe('Add To Cart');
  // The webhook fires when the cart was left for half an hour, and the message unread for another.
  expect((unread?.sending.at ?? 0) - (unread?.sending.time ?? 0)).toBe(hourMs);
});

test('events have the parameters, attributes and texts that the webhook chose', () => {
  const journey = builtIn('abandoned-cart');
  const { events } = simulate(planOf(journey, { contacts: 300 }));
  const call = events.find(({ event }) => event.webhook_name === 'Call centre')?.event;
  expect(Object.keys(call?.att_params ?? {})).toEqual(['MOBILE', 'FIRSTNAME', 'LASTNAME']);
  expect(call?.custom_params).toEqual({ Action: 'Call', Priority: '1' });
  const mail = events.find(({ event }) => event.channel === 'email')?.event;
  expect(Object.keys(mail?.event_params ?? {}).sort()).toEqual(
    ['camp_name', 'email', 'foreignkey', 'subject', 'timestamp', 'ts'].sort(),
  );
  expect(mail?.event_params.subject).toBe('Your cart is waiting');
});

test('a broadcast has no journey, and its attributes are columns of a user data table', () => {
  const [first] = simulate(planOf(builtIn('broadcast'))).events;
  expect(first?.event).not.toHaveProperty('journey_name');
  expect(first?.event).not.toHaveProperty('att_params');
  expect(first?.event.udt_params).toEqual({ attr1: 'value1', attr2: 'value2' });
});

test('one message has one msgid for all of its contacts, and one contact is coherent everywhere', () => {
  const { events } = simulate(planOf(builtIn('abandoned-cart'), { contacts: 200 }));
  const byMessage = eventsBy('msgid', events);
  expect(byMessage.size).toBe(3);
  for (const group of byMessage.values()) {
    expect(new Set(group.map(({ sending }) => sending.contact)).size).toBeGreaterThan(10);
  }
  for (const { event } of events) {
    const { EMAIL, MOBILE } = event.att_params ?? {};
    expect([EMAIL, MOBILE]).toContain(String(event.event_params.foreignkey));
  }
});

test('the share of contacts that react is what the journey says', () => {
  const { funnel } = simulate(planOf(builtIn('abandoned-cart'), { contacts: 4000 }));
  const [reminder] = funnel.nodes;
  expect(funnel.contacts).toBe(4000);
  expect(funnel.entered / 4000).toBeCloseTo(0.6, 1);
  const { delivered = 0, open = 0, click = 0 } = reminder?.reactions ?? {};
  expect(delivered / funnel.entered).toBeCloseTo(0.96, 1);
  expect(open / delivered).toBeCloseTo(0.6, 1);
  expect(click / open).toBeCloseTo(0.25, 1);
});

test('contacts whose attributes are known enter by them, not by chance', () => {
  const isMember = (contact: number) => contact % 2 === 0;
  const { events, funnel } = simulate(planOf(builtIn('welcome'), { isMember }));
  expect(funnel.entered).toBe(30);
  expect(events.filter(({ sending }) => sending.contact % 2 === 1)).toEqual([]);
});

test('an activity that two webhooks carry is one event that is sent twice', () => {
  const file = {
    name: 'Two webhooks',
    start: { type: 'activity', activity: 'Registration', next: 'one' },
    nodes: {
      one: { type: 'webhook', label: 'First', next: 'two' },
      two: { type: 'webhook', label: 'Second' },
    },
  };
  const journey = readJourney(JSON.stringify(file), 'two.json', undefined);
  const { events } = simulate(planOf(journey, { contacts: 5 }));
  expect(events).toHaveLength(10);
  expect(events.every(({ sending }) => sending.copies === 2)).toBe(true);
  const keys = events.map(({ event }) => eventKey('netcore_hook_test', event).key);
  expect(new Set(keys).size).toBe(5);
});

test('a wait is met up to the last millisecond of its time, and fires when its activity comes', () => {
  const certain = { chance: '100%', after: '0s' };
  const opens = { chance: '100%', after: ['1h', '3h'] };
  const file = {
    name: 'One wait',
    start: { type: 'list', name: 'All', next: 'mail' },
    nodes: {
      mail: {
        ...{ type: 'message', channel: 'email', next: 'opens' },
        behaviour: { delivered: certain, open: opens, bounce: { chance: '0%' } },
      },
      opens: { type: 'wait', for: 'open', within: '2h', met: 'hook' },
      hook: { type: 'webhook', label: 'Shop' },
    },
  };
  const journey = readJourney(JSON.stringify(file), 'wait.json', undefined);
  // All enter within the first millisecond.
  const { events, funnel } = simulate(planOf(journey, { contacts: 500, overMs: 1 }));
  const [, wait] = funnel.nodes;
  expect(wait?.met).toBe(events.length);
  expect(wait?.missed).toBeGreaterThan(50);
  for (const { sending } of events) {
    expect(sending.time).toBeGreaterThanOrEqual(hourMs);
    expect(sending.time).toBeLessThanOrEqual(2 * hourMs);
    expect(sending.at).toBe(sending.time);
  }
});
