import { describe, expect, test } from 'vitest';
import { alertJson } from '../../src/alerts/alert.js';
import type { AlertFact } from '../../src/alerts/fact.js';
import { alertKinds } from '../../src/alerts/kinds.js';
import { maskPeople } from '../../src/alerts/mask-people.js';
import { parseCommandLine } from '../../src/cli/program.js';
import { commands } from '../../src/commands/list.js';
import { invisible } from '../../src/payload/invisible-characters.js';
import { alertTime, deadCalls, described, silence, handlerUrl as to } from '../helpers/alerts.js';
import { wordsOf } from '../helpers/guide.js';
import { start } from '../helpers/run.js';

const since = alertTime;
const hour = 3_600_000;
const webhook = { panel: 'netcore_hook_test', webhook: 'Order updates', since };

const facts: [AlertFact, string][] = [
  [
    deadCalls({ status: 422, reason: 'no panel' }),
    `Call 1pbv5g9h38 was given up after 3 tries at ${to}: It answered 422, "no panel".`,
  ],
  [
    deadCalls({ tries: 1, status: 410 }),
    `Call 1pbv5g9h38 was given up after one try at ${to}: It answered 410.`,
  ],
  [
    deadCalls({ calls: 412, lasted: 6 * 60_000, status: 422, reason: 'unknown journey' }),
    `412 calls in 6 minutes were given up at ${to}: all 422 "unknown journey".`,
  ],
  [
    deadCalls({
      calls: 1_000,
      lasted: hour,
      answers: [
        { status: 422, reason: 'unknown journey', calls: 900 },
        { status: null, reason: 'Nothing is listening at 127.0.0.1:3000.', calls: 90 },
      ],
    }),
    `1,000 calls in 60 minutes were given up at ${to}: 900 × 422 "unknown journey", 90 × no answer (Nothing is listening at 127.0.0.1:3000), 10 others.`,
  ],
  [
    { kind: 'breaker_opened', since, to, status: null, reason: 'Nothing is listening.' },
    `${to} is failing: Nothing is listening. No call is lost: calls wait until it recovers.`,
  ],
  [{ kind: 'breaker_closed', to, lasted: 90_000 }, `${to} accepts calls again, after 90 seconds.`],
  [
    { kind: 'not_forwarded', since, capture: '1pcezkdw4r', to, reason: 'no_data', calls: 1 },
    `Call 1pcezkdw4r was recorded and not forwarded to ${to}: it has no "data" field. Pass --forward-all to forward such calls.`,
  ],
  [
    { kind: 'not_forwarded', since, capture: '1pcezkdw4r', to, reason: 'unreadable', calls: 7 },
    `7 calls, the last of them 1pcezkdw4r, were recorded and not forwarded to ${to}: its events cannot be read, so the filter cannot match.`,
  ],
  [
    { kind: 'queue_old', since, to, age: 301_000, paused: null },
    'The oldest call in the queue has waited for 5 minutes.',
  ],
  [
    { kind: 'queue_old', since, to, age: 301_000, paused: since },
    'The oldest call in the queue has waited for 5 minutes, because forwarding is paused.',
  ],
  [
    { kind: 'queue_caught_up', to, lasted: hour },
    'No call waits too long any more, after 60 minutes.',
  ],
  [
    { kind: 'queue_failing', since, to, reason: 'connect ECONNREFUSED' },
    'The queue failed: connect ECONNREFUSED. Calls wait until it works again.',
  ],
  [{ kind: 'queue_recovered', to, lasted: 5000 }, 'The queue works again, after 5 seconds.'],
  [silence(), 'No call has arrived for 30 minutes. Netcore may have disabled the webhook.'],
  [
    silence({ refused: { no_credentials: 40, other_path: 2 } }),
    'No call has arrived for 30 minutes. Netcore may have disabled the webhook. Refused meanwhile: 40 × no_credentials, 2 × other_path.',
  ],
  [
    silence({ all: false, webhooks: [webhook] }),
    'No call has arrived for 30 minutes from webhook "Order updates" of panel "netcore_hook_test", while others call. Netcore may have disabled it.',
  ],
  [
    silence({ all: false, webhooks: Array(7).fill({ ...webhook, webhook: null }) }),
    `No call has arrived for 30 minutes from ${Array(5).fill('panel "netcore_hook_test" (events without a label)').join(', ')} and 2 others, while others call. Netcore may have disabled them.`,
  ],
  [
    { kind: 'silence_over', lasted: 50 * hour, webhooks: [], silent: [] },
    'Calls arrive again, after 2 days of silence.',
  ],
  [
    { kind: 'silence_over', lasted: hour, webhooks: [webhook], silent: [webhook] },
    'Calls arrive again from webhook "Order updates" of panel "netcore_hook_test", after 60 minutes of silence. Still silent: webhook "Order updates" of panel "netcore_hook_test".',
  ],
  [
    { kind: 'store_failing', since, reason: 'the disk is full' },
    'Calls cannot be recorded, and are answered 503: the disk is full. Netcore disables webhooks that do not answer 200.',
  ],
  [{ kind: 'store_recovered', lasted: 9000 }, 'Calls are recorded again, after 9 seconds.'],
  [
    { kind: 'disk_low', since, folder: '/srv', free: 50 * 1024 ** 2, total: 10 * 1024 ** 3 },
    'The disk of /srv has 50.0 MB free of 10.0 GB. Calls cannot be recorded once it is full.',
  ],
  [
    { kind: 'disk_recovered', free: 2 * 1024 ** 3, lasted: hour },
    'The disk has 2.0 GB free again, after 60 minutes.',
  ],
  [
    { kind: 'wrong_password', since, user: 'netcore', remote: '203.0.113.7', calls: 1 },
    `A call was refused because the password of "netcore" is wrong, from 203.0.113.7. Compare the password in Netcore's panel.`,
  ],
  [
    { kind: 'wrong_password', since, user: 'netcore', remote: '203.0.113.7', calls: 1234 },
    `1,234 calls were refused because of a wrong password, the last of "netcore" from 203.0.113.7. Compare the password in Netcore's panel.`,
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
    {
      kind: 'not_200',
      since,
      status: 413,
      code: 'body_too_large',
      calls: 1,
      refused: { body_too_large: 1 },
    },
    'A call was answered 413 (body_too_large). Netcore disables webhooks that do not answer 200.',
  ],
  [
    { kind: 'not_200', since, status: 500, code: null, calls: 3, refused: { 500: 3 } },
    '3 calls were answered 500. Netcore disables webhooks that do not answer 200.',
  ],
  [
    {
      kind: 'not_200',
      since,
      status: 503,
      code: 'too_busy',
      calls: 4,
      refused: { too_busy: 3, body_too_large: 1 },
    },
    '4 calls were not answered 200: 3 × too_busy, 1 × body_too_large. Netcore disables webhooks that do not answer 200.',
  ],
  [
    { kind: 'calls_refused', since, remote: '203.0.113.9', refused: { other_path: 3 }, calls: 3 },
    '3 calls were refused: 3 × other_path. The last came from 203.0.113.9.',
  ],
  [
    { kind: 'soak_failed', since, to, status: null, reason: 'It answered 500.' },
    `${to} has stopped answering 200: It answered 500.`,
  ],
  [{ kind: 'soak_recovered', to, lasted: 5000 }, `${to} answers 200 again, after 5 seconds.`],
  [{ kind: 'test' }, 'This is a test of the alert channels. Nothing is wrong.'],
];

describe('an alert', () => {
  test.each(facts)('%j has its message', (fact, message) => {
    expect(described(fact).message).toBe(message);
  });

  test('of every kind has a message, a short title and a condition', () => {
    expect([...new Set(facts.map(([{ kind }]) => kind))].sort()).toEqual(
      Object.keys(alertKinds).sort(),
    );
    for (const [fact] of facts) {
      const { title, losing } = described(fact);
      expect(title).toMatch(/^\S.{3,}$/);
      expect(losing).toMatch(/\.$/);
    }
  });

  test.each([
    [400, '1 second'],
    [1_000, '1 second'],
    [119_000, '119 seconds'],
    [120_000, '2 minutes'],
    [7_190_000, '120 minutes'],
    [7_200_000, '2 hours'],
    [172_800_000, '2 days'],
  ])('says %i ms as %s', (age, words) => {
    expect(described({ kind: 'queue_old', since, to, age, paused: null }).message).toContain(
      `for ${words}.`,
    );
  });

  test('holds everything that a program needs, on one line of JSON', () => {
    const alert = described(
      { kind: 'breaker_opened', since, to, status: 500, reason: null },
      { heldBack: 7, outlook: () => ({ firstGiveUp: since + 7 * 24 * hour, diskFull: undefined }) },
    );
    expect(JSON.parse(alertJson(alert))).toEqual({
      schema: 1,
      type: 'alert',
      kind: 'breaker_opened',
      severity: 'warning',
      state: 'firing',
      key: `netcore-hook/shop-1/default/handler/${to}`,
      title: 'The handler is failing',
      message: `${to} is failing: It answered 500. No call is lost: calls wait until it recovers. Held back before it: 7 more like this.`,
      time: '2026-11-23T12:00:00.000Z',
      since: '2026-11-23T12:00:00.000Z',
      count: 8,
      heldBack: 7,
      host: 'shop-1',
      listener: 'http://127.0.0.1:4400/',
      profile: 'default',
      losing: 'Nothing: calls are recorded, and wait for the handler.',
      safeUntil: { time: '2026-11-30T12:00:00.000Z', because: 'first_give_up' },
      command: `netcore-hook test-endpoint ${to}`,
      details: { to, status: 500, reason: null },
    });
  });

  test('and the end of its condition share a key, which survives a restart', () => {
    for (const [kind, { condition, ends, endsWith }] of Object.entries(alertKinds)) {
      const other = Object.entries(alertKinds).filter((each) => each[1].condition === condition);
      expect(other.length, kind).toBe(ends || endsWith ? 2 : 1);
    }
    const opened = described({ kind: 'breaker_opened', since, to, status: 500, reason: null });
    const closed = described({ kind: 'breaker_closed', to, lasted: hour });
    expect([opened.state, closed.state]).toEqual(['firing', 'resolved']);
    expect(closed.key).toBe(opened.key);
  });

  test('has a key of at most 255 characters, which differs for long URLs', () => {
    const keys = ['a', 'b'].map((end) => {
      const long = `http://127.0.0.1/${'x'.repeat(400)}${end}`;
      return described({ kind: 'breaker_closed', to: long, lasted: 1 }).key;
    });
    expect(keys.map(({ length }) => length)).toEqual([255, 255]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  test.each([
    [{ firstGiveUp: since + 5 * hour, diskFull: undefined }, 'critical', 'first_give_up'],
    [{ firstGiveUp: since + 7 * hour, diskFull: undefined }, 'warning', 'first_give_up'],
    [{ firstGiveUp: since + 9 * hour, diskFull: since + hour }, 'critical', 'disk_full'],
    [{ firstGiveUp: undefined, diskFull: undefined }, 'warning', undefined],
  ] as const)('is as severe as the time left: %j is %s', (outlook, severity, because) => {
    const fact: AlertFact = { kind: 'queue_old', since, to, age: hour, paused: null };
    const alert = described(fact, { outlook: () => outlook });
    expect(alert.severity).toBe(severity);
    expect(alert.safeUntil?.because).toBe(because);
  });

  test('of silence that ends for one webhook fires until the last one calls', () => {
    const over = { kind: 'silence_over', lasted: 1, webhooks: [webhook] } as const;
    expect(described({ ...over, silent: [webhook] }).state).toBe('firing');
    expect(described({ ...over, silent: [] }).state).toBe('resolved');
  });

  test.each(facts.map(([fact]) => [fact] as const))(
    'names a command that is understood: %j',
    async (fact) => {
      const { command } = described(fact);
      if (command === null) {
        expect(alertKinds[fact.kind].ends).toBe(true);
        return;
      }
      const argv = wordsOf(command);
      const { host } = start(['--version']);
      expect(await parseCommandLine(argv, commands, host)).toMatchObject({ kind: 'run' });
    },
  );

  test('names a command that acts on its store, with shell words quoted', () => {
    const onStore = (command: string) => command.replace('hook', 'hook --store /srv');
    const fact: AlertFact = {
      kind: 'breaker_opened',
      since,
      to: 'http://127.0.0.1:3000/?a=1&b=$(c)',
      status: 500,
      reason: null,
    };
    expect(described(fact, { onStore }).command).toBe(
      "netcore-hook --store /srv test-endpoint 'http://127.0.0.1:3000/?a=1&b=$(c)'",
    );
  });

  test('has no second line and no end of a text from a handler or a panel', () => {
    const reason = 'a\r\nb\0c\u2028d\u001b[2J';
    const fact: AlertFact = { kind: 'breaker_opened', since, to, status: 500, reason };
    expect(described(fact).message).toContain('"a b c d [2J"');
    const forged = { ...webhook, webhook: 'Orders\r\nBcc: asha@example.com' };
    const { title, message } = described(silence({ all: false, webhooks: [forged] }));
    expect(`${title}${message}`).not.toMatch(invisible);
  });

  const directionMarks =
    '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\ufeff\u{e0041}';

  test.each([...directionMarks].map((mark) => [mark.codePointAt(0)?.toString(16), mark]))(
    'has no U+%s of a handler in its message, and escapes it in JSON',
    (_, mark) => {
      const reason = `a${mark}b`;
      const fact: AlertFact = { kind: 'breaker_opened', since, to, status: 500, reason };
      const alert = described(fact);
      expect(alert.message).toContain('"a b"');
      const json = alertJson(alert, { text: alert.message });
      expect(json).not.toMatch(invisible);
      expect(JSON.parse(json)).toMatchObject({ text: alert.message, details: { reason } });
    },
  );
});

test.each([
  ['unknown journey', 'unknown journey'],
  ['no contact asha@example.com', 'no contact …'],
  ['no contact +91 00000 00001 in list 12', 'no contact … in list 12'],
  ['duplicate key 100000000000000000042', 'duplicate key …'],
  ['order 48213 not found', 'order … not found'],
  ['HTTP 500 on line 42', 'HTTP 500 on line 42'],
  ['{"email":"asha@example.com","error":"E42"}', '{"email":"…","error":"E42"}'],
])('what looks like personal data in an answer is masked: %s', (answer, masked) => {
  expect(maskPeople(answer)).toBe(masked);
});
