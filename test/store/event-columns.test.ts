import { expect, test } from 'vitest';
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
const changed = { ...event, keyTime: undefined };

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
