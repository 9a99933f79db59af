import { expect, test } from 'vitest';
import { type AlertFact, alertJson, describeAlert } from '../../src/alerts/alert.js';
import { invisible } from '../../src/payload/invisible-characters.js';

const time = Date.UTC(2026, 10, 23, 12);
const to = 'http://127.0.0.1:3000/netcore';

test.each<[AlertFact, string]>([
  [
    { kind: 'call_dead', capture: '1pbv5g9h38', to, tries: 3, status: 422, reason: 'no panel' },
    `Call 1pbv5g9h38 was given up after 3 tries at ${to}: It answered 422, "no panel".`,
  ],
  [
    { kind: 'call_dead', capture: '1pbv5g9h38', to, tries: 1, status: 410, reason: null },
    `Call 1pbv5g9h38 was given up after one try at ${to}: It answered 410.`,
  ],
  [
    {
      kind: 'breaker_opened',
      to,
      status: null,
      reason: 'Nothing is listening at 127.0.0.1:3000.',
    },
    `${to} is failing: Nothing is listening at 127.0.0.1:3000. No call is lost: calls wait until it recovers.`,
  ],
  [{ kind: 'breaker_closed', to, lasted: 90_000 }, `${to} accepts calls again, after 90 seconds.`],
  [
    { kind: 'not_forwarded', capture: '1pcezkdw4r', to, reason: 'no_data' },
    `Call 1pcezkdw4r was recorded and not forwarded to ${to}: it has no "data" field. Pass --forward-all to forward such calls.`,
  ],
  [
    { kind: 'not_forwarded', capture: '1pcezkdw4r', to, reason: 'unreadable' },
    `Call 1pcezkdw4r was recorded and not forwarded to ${to}: its events cannot be read, so the filter cannot match.`,
  ],
  [{ kind: 'queue_old', age: 301_000 }, 'The oldest call in the queue has waited for 5 minutes.'],
  [
    { kind: 'silence', lasted: 1_800_000 },
    'No call has arrived for 30 minutes. Netcore may have disabled the webhook.',
  ],
  [
    { kind: 'silence_over', lasted: 50 * 3_600_000 },
    'Calls arrive again, after 2 days of silence.',
  ],
  [
    {
      kind: 'captures_removed',
      limit: '--keep 20',
      before: '--keep-for 30d',
      captures: 40,
      age: 5000,
    },
    '--keep 20 removed 40 captures earlier than --keep-for 30d would. The newest was 5 seconds old.',
  ],
  [
    { kind: 'not_200', status: 503, code: 'not_recorded' },
    'A call was answered 503 (not_recorded). Netcore disables webhooks that do not answer 200.',
  ],
  [
    { kind: 'not_200', status: 500, code: null },
    'A call was answered 500. Netcore disables webhooks that do not answer 200.',
  ],
])('%j is said in words', (fact, message) => {
  expect(describeAlert(fact, time, 0).message).toBe(message);
});

test.each([
  [400, '1 second'],
  [1_000, '1 second'],
  [119_000, '119 seconds'],
  [120_000, '2 minutes'],
  [7_190_000, '120 minutes'],
  [7_200_000, '2 hours'],
  [172_800_000, '2 days'],
])('%i ms are %s', (age, words) => {
  expect(describeAlert({ kind: 'queue_old', age }, time, 0).message).toContain(`for ${words}.`);
});

test('programs get the figures and the number of those held back', () => {
  expect(
    JSON.parse(alertJson(describeAlert({ kind: 'silence', lasted: 1_800_000 }, time, 7))),
  ).toEqual({
    schema: 1,
    type: 'alert',
    kind: 'silence',
    message:
      'No call has arrived for 30 minutes. Netcore may have disabled the webhook. Held back before it: 7 more like this.',
    time: '2026-11-23T12:00:00.000Z',
    heldBack: 7,
    details: { lasted: 1_800_000 },
  });
});

test('what a handler says makes no second line and no end of a text', () => {
  const reason = 'a\r\nb\0c\u2028d\u001b[2J';
  const fact: AlertFact = { kind: 'breaker_opened', to, status: 500, reason };
  expect(describeAlert(fact, time, 0).message).toContain('"a b c d [2J"');
});

const directionMarks =
  '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\ufeff\u{e0041}';

test.each([...directionMarks].map((mark) => [mark.codePointAt(0)?.toString(16), mark]))(
  'U+%s of a handler is removed from the message, and escaped in JSON',
  (_, mark) => {
    const reason = `a${mark}b`;
    const fact: AlertFact = { kind: 'breaker_opened', to, status: 500, reason };
    const alert = describeAlert(fact, time, 0);
    expect(alert.message).toContain('"a b"');
    const json = alertJson(alert, { text: alert.message });
    expect(json).not.toMatch(invisible);
    expect(JSON.parse(json)).toMatchObject({ text: alert.message, details: { reason } });
  },
);
