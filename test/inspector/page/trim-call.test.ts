import { expect, test } from 'vitest';
import { eventFilterOf } from '../../../src/inspector/page/filters.js';
import { maxEventRows, trimCall } from '../../../src/inspector/page/trim-call.js';
import { anyEvent } from '../../../src/payload/event-filter.js';
import { aCall, anEvent } from './a-call.js';

const batch = aCall(1, {
  events: Array.from({ length: 1000 }, (_, index) =>
    anEvent({
      number: index + 1,
      msgid: String(index + 1),
      channel: index === 699 ? 'sms' : 'email',
    }),
  ),
});

test('a large batch is kept as its first events and their number', () => {
  const call = trimCall(batch, anyEvent);
  expect(call.events.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(call.eventCount).toBe(1000);
});

test.each([[{ msgid: '700' }], [{ channel: 'sms' }]])(
  'the event that %j asks for comes first, however far back in its batch',
  (filters) => {
    const call = trimCall(batch, eventFilterOf(filters));
    expect(call.events).toHaveLength(maxEventRows);
    expect(call.events.map(({ number }) => number).slice(0, 3)).toEqual([700, 1, 2]);
  },
);

test('a small batch is kept whole', () => {
  const call = trimCall(
    aCall(1, { events: [anEvent(), anEvent({ number: 2, channel: 'rcs' })] }),
    anyEvent,
  );
  expect(call.events.map(({ channel }) => channel)).toEqual(['email', 'rcs']);
  expect(call.eventCount).toBe(2);
});
