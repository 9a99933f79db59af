import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyTime } from '../../src/payload/event-key.js';
import { readEvents, writeEvents } from '../../src/store/event-index.js';

const event = {
  panel: 'netcore_hook_test',
  channel: 'email',
  activity: 'open',
  event: 'Opened',
  msgid: '546',
  who: 'asha@example.com',
  name: null,
  time: '2026-11-23T12:00:00',
  keyTime: '261123120000',
  link: null,
};
/** Without what the key needs. */
const changed = { ...event, keyTime: undefined, link: undefined };

test('events are read as they were written', () => {
  const events = [
    event,
    { ...event, activity: null },
    { ...event, link: 'https://example.com/a' },
    { ...event, keyTime: '261123120001' },
    { ...event, keyTime: null, time: null },
    { ...event, time: 'yesterday', keyTime: 'yesterday', link: '' },
    changed,
  ];
  expect(readEvents(writeEvents(events))).toEqual(events);
});

test('no text holds a NUL, at which a database would end it', () => {
  const text = writeEvents([{ ...event, channel: 'em\0ail', name: 'back\\u0000slash' }]);
  expect(readEvents(text)).toEqual([
    { ...changed, channel: 'em\ufffdail', name: 'back\\u0000slash' },
  ]);
});

test('no text holds half of a surrogate pair, which would end whoever reads it', () => {
  const text = writeEvents([
    { ...event, channel: 'half \ud83d', activity: '\udc4b', who: 'whole \ud83d\udc4b' },
  ]);
  expect(readEvents(text)).toEqual([
    { ...changed, channel: 'half \ufffd', activity: '\ufffd', who: 'whole \ud83d\udc4b' },
  ]);
});

test('the time of the key is read as it was, whatever the two times are', () => {
  const digits = fc.stringMatching(/^\d{12}$/);
  const timestamp = fc.oneof(
    digits.map((ts) => `20${ts.replace(/(..)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6')}`),
    fc.constantFrom('2026-11-23 12:00:00', '2026/11/23 12:00:00', '', 'xx26-11-23T12:00:00'),
    fc.constantFrom('2026-11-23T12:00:00.5', '2026-11-2aT12:00:00', 'yesterday'),
  );
  const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
  fc.assert(
    fc.property(optional(timestamp), optional(fc.oneof(digits, timestamp)), (time, ts) => {
      for (const each of [ts, time && keyTime(null, time)]) {
        const written = [{ ...event, time, keyTime: keyTime(each, time) }];
        expect(readEvents(writeEvents(written))).toEqual(written);
      }
    }),
  );
});
