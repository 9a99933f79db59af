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
};

test('events are read as they were written', () => {
  expect(readEvents(writeEvents([event, { ...event, activity: null }]))).toEqual([
    event,
    { ...event, activity: null },
  ]);
});

test('no text holds a NUL, at which a database would end it', () => {
  const text = writeEvents([{ ...event, channel: 'em\0ail', name: 'back\\u0000slash' }]);
  expect(readEvents(text)).toEqual([
    { ...event, channel: 'em\ufffdail', name: 'back\\u0000slash' },
  ]);
});

test('no text holds half of a surrogate pair, which would end whoever reads it', () => {
  const text = writeEvents([
    { ...event, channel: 'half \ud83d', activity: '\udc4b', who: 'whole \ud83d\udc4b' },
  ]);
  expect(readEvents(text)).toEqual([
    { ...event, channel: 'half \ufffd', activity: '\ufffd', who: 'whole \ud83d\udc4b' },
  ]);
});
