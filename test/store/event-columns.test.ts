import { expect, test } from 'vitest';
import { readEvents, writeEvents } from '../../src/store/event-columns.js';

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
