import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileCalls, soundCall } from '../../bench/hostile-calls.js';
import { everyEventOf, readCallContent } from '../../src/call/content.js';
import { eventTexts } from '../../src/payload/event-texts.js';
import type { Payload } from '../../src/payload/payload.js';
import { readCall } from '../../src/payload/read-call.js';
import { summarizeEvents } from '../../src/payload/summarize-events.js';

const size = 100_000;

describe('a hostile call', () => {
  test.each([...hostileCalls(size)].map((call) => [call.name, call] as const))(
    'of %s is counted whole, and little of it is kept',
    (_, { body, headers, events }) => {
      const call = { body, headers: Object.entries(headers) };
      const reading = readCallContent(call);
      expect(reading.kind === 'payload' ? reading.eventCount : null).toBe(events);
      if (reading.kind === 'problem') return;
      expect(JSON.stringify(reading.events).length).toBeLessThan(body.length * 2 + 32_768);
      expect(JSON.stringify(reading.kinds ?? []).length).toBeLessThan(10_000);
      let count = 0;
      for (const _event of everyEventOf(call)) count += 1;
      expect(count).toBe(events);
      expect(reading.events.length + sum(reading.kinds)).toBe(
        reading.kinds ? events : reading.events.length,
      );
    },
  );
});

function sum(kinds: readonly (readonly [string, string, number])[] = []): number {
  return kinds.reduce((total, [, , events]) => total + events, 0);
}

test('a sound batch is kept whole, also one of ten megabytes', () => {
  for (const bytes of [2000, 200_000, 10_000_000]) {
    const { body, headers, events } = soundCall(bytes);
    const reading = readCallContent({ body, headers: Object.entries(headers) });
    expect(reading).toMatchObject({ kind: 'payload', eventCount: events, complete: true });
  }
});

test('texts that are too long to keep are cut, and not in the middle of a character', () => {
  const long = '\u{1f600}'.repeat(1000);
  const event = { channel: `${'c'.repeat(198)}\u{1f600}`, event: long, msgid: '1' };
  const text = JSON.stringify({ [`p${long}`]: [event] });
  const reading = readCall(Buffer.from(`data=${encodeURIComponent(text)}`), undefined);
  if (reading.kind !== 'payload') throw new Error(reading.message);
  expect(reading).toMatchObject({ complete: false, eventCount: 1 });
  const [kept] = reading.events;
  expect(kept?.channel).toBe(`${'c'.repeat(198)}\u{1f600}`);
  for (const value of [kept?.panel, kept?.activity, kept?.event]) {
    expect(value).toMatch(/^p?\u{1f600}+…$/u);
    expect(value?.length).toBeLessThanOrEqual(1000);
  }
  expect([...reading.everyEvent()]).toEqual(summarizeEvents(JSON.parse(text), text));
});

describe('a large payload, which is never parsed as a whole,', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 8, unit: 'grapheme' }),
    fc.constantFrom('sms', 'EMAIL', 'custom_activity', 'Opened', 'click', ''),
    fc.integer(),
    fc.constantFrom(null, true, [], {}, [1], { a: 1 }),
  );
  const record = (...keys: string[]) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
  const event = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record(
        {
          channel: value,
          event: value,
          msgid: value,
          journey_name: value,
          event_params: fc.oneof(record('email', 'foreignkey', 'name', 'ts', 'asset_name'), value),
          att_params: record('EMAIL', 'MOBILE'),
        },
        { requiredKeys: [] },
      ),
    },
    { weight: 1, arbitrary: value },
  );
  const panels = fc.array(
    fc.tuple(
      fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('7', '0', '__proto__', 'shop')),
      fc.oneof(
        { weight: 5, arbitrary: fc.array(event, { maxLength: 5 }) },
        { weight: 1, arbitrary: value },
      ),
    ),
    { maxLength: 5 },
  );
  const pad = 'x'.repeat(70_000);
  const textOf = (members: readonly (readonly [string, unknown])[], blanks = '') =>
    `{${members.map(([name, value]) => `${blanks}${JSON.stringify(name)}:${JSON.stringify(value)}`)}}`;
  const isObject = (event: unknown) =>
    typeof event === 'object' && event !== null && !Array.isArray(event);

  test.each<[string, (members: readonly (readonly [string, unknown])[]) => string]>([
    ['between its panels', (members) => textOf(members, ' '.repeat(70_000))],
    ['in its panels', (members) => textOf([['pad', pad], ...members])],
    [
      'in its events',
      (members) =>
        textOf([
          ['pad', [{ channel: 'sms', pad }]],
          ...members.map(
            ([name, events]) =>
              [
                name,
                Array.isArray(events)
                  ? events.map((one) => (isObject(one) ? { pad, ...one } : one))
                  : events,
              ] as const,
          ),
        ]),
    ],
  ])('is read as a small one: padded %s', (_, padded) => {
    fc.assert(
      fc.property(panels, (members) => {
        const json = padded(members);
        const parsed = JSON.parse(json) as Payload;
        const reading = readCall(Buffer.from(`data=${encodeURIComponent(json)}`), undefined);
        if (reading.kind === 'problem') {
          expect(Object.values(parsed).some(Array.isArray)).toBe(false);
          return;
        }
        const expected = summarizeEvents(parsed, json);
        expect([...reading.everyEvent()]).toEqual(expected);
        expect(reading.events).toEqual(expected);
        expect(eventTexts(reading.text()).map(({ panel }) => panel)).toEqual(
          expected.map(({ panel }) => panel),
        );
      }),
      { numRuns: 100 },
    );
  });
});
