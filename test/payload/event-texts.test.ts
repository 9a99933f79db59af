import { expect, test } from 'vitest';
import { eventTexts } from '../../src/payload/event-texts.js';
import type { Payload } from '../../src/payload/payload.js';
import { summarizeEvents } from '../../src/payload/summarize-events.js';

test('events keep their digits, escapes and blanks', () => {
  const event = '{ "msgid": 9007199254740993, "price": 9990.90, "name": "caf\\u00e9" }';
  expect(eventTexts(`{"netcore_hook_test": [ ${event}, null ]}`)).toEqual([
    { panel: 'netcore_hook_test', text: event },
    { panel: 'netcore_hook_test', text: 'null' },
  ]);
});

test.each([
  ['{"north":[{"msgid":1}],"7":[{"msgid":2}],"south":[{"msgid":3},{"msgid":4}]}'],
  ['{"north":[{"msgid":1}],"south":[{"msgid":2}],"north":[{"msgid":3}]}'],
  ['{"north":{"msgid":1},"south":[{"msgid":2}]}'],
  ['{}'],
])('events of %s are in the order in which lists number them', (text) => {
  const numbered = summarizeEvents(JSON.parse(text) as Payload).map(({ panel, msgid }) => [
    panel,
    msgid,
  ]);
  expect(
    eventTexts(text).map((event) => [event.panel, String(JSON.parse(event.text).msgid)]),
  ).toEqual(numbered);
});
