import { expect, test } from 'vitest';
import { searchableEvents } from '../../../../src/inspector/page/detail/event-search.js';

const events = searchableEvents([
  {
    panel: 'netcore_hook_test',
    text: '{"channel":"email","event":"Opened","who":"asha@example.com"}',
  },
  { panel: 'netcore_hook_test', text: '{"channel":"sms","name":"Caf\\u00e9 \\"Blue\\""}' },
  { panel: 'shop-north', text: '{"channel":"email","event":"click","msgid":9007199254740993}' },
]);

test.each([
  ['', [0, 1, 2]],
  ['  ', [0, 1, 2]],
  ['OPEN', [0]],
  ['email click', [2]],
  ['shop-north', [2]],
  ['café', [1]],
  ['"blue"', [1]],
  ['740993', [2]],
  ['bounce', []],
])('%j finds the events %j', (words, places) => {
  expect(events.find(words)).toEqual(places);
});
