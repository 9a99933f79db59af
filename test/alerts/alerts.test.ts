import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { type AlertChannel, type AlertFailure, startAlerts } from '../../src/alerts/alerts.js';
import type { AlertFact } from '../../src/alerts/fact.js';
import { alertSource, deadCalls, handlerUrl, silence } from '../helpers/alerts.js';
import { createFakeClock, settled } from '../helpers/fake-clock.js';

const every = 15 * 60_000;
const delivered = { delivered: true, answer: 'It answered 200.' };

function alerting(deliver: AlertChannel['deliver'] = async () => delivered) {
  const clock = createFakeClock();
  const sent: Alert[] = [];
  const failures: AlertFailure[] = [];
  const channel: AlertChannel = {
    name: '--alert-command',
    deliver(alert, signal) {
      sent.push(alert);
      return deliver(alert, signal);
    },
  };
  const alerts = startAlerts({
    channels: [channel],
    source: alertSource(),
    every,
    clock,
    now: clock.now,
    failed: (failure) => failures.push(failure),
  });
  return { clock, sent, failures, alerts };
}

const dead = (capture: string) => deadCalls({ capture });
const fails = (since: number): AlertFact => ({
  kind: 'breaker_opened',
  since,
  to: handlerUrl,
  status: 500,
  reason: null,
});
const recovers: AlertFact = { kind: 'breaker_closed', to: handlerUrl, lasted: 1000 };

describe('alerts', () => {
  test('go at once, and at most one of a kind in a time', async () => {
    const { clock, sent, alerts } = alerting();
    alerts.raise(dead('a'));
    alerts.raise(dead('b'));
    alerts.raise(silence());
    alerts.raise(dead('c'));
    await clock.pass(every - 1);
    expect(sent.map(({ kind }) => kind)).toEqual(['call_dead', 'silence']);
    expect(sent[0]).toMatchObject({ heldBack: 0, details: { capture: 'a' } });
  });

  test('that were held back end in one, which is the last and says how many there were', async () => {
    const { clock, sent, alerts } = alerting();
    const begun = clock.now();
    for (const capture of ['a', 'b', 'c', 'd']) alerts.raise(dead(capture));
    await clock.pass(every);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({
      heldBack: 2,
      details: { capture: 'd' },
      time: new Date(begun).toISOString(),
    });
    await clock.pass(10 * every);
    expect(sent).toHaveLength(2);
  });

  test('go at once again when their time is over', async () => {
    const { clock, sent, alerts } = alerting();
    alerts.raise(dead('a'));
    await clock.pass(every);
    alerts.raise(dead('b'));
    await settled();
    expect(sent.map(({ details, heldBack }) => [details.capture, heldBack])).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
  });

  test('of a kind are sent one at a time, however long one takes', async () => {
    let finish = () => {};
    const { clock, sent, alerts } = alerting(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(delivered);
        }),
    );
    for (let count = 0; count < 1_000; count += 1) alerts.raise(dead(String(count)));
    await clock.pass(2 * every);
    expect(sent).toHaveLength(1);
    finish();
    await settled();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({ heldBack: 998, details: { capture: '999' } });
    finish();
  });

  test('that fail are tried three times, and reported once, until one gets through', async () => {
    const answers = ['no route', 'no route', undefined, 'no mailbox', 'no mailbox', 'no mailbox'];
    const { clock, sent, failures, alerts } = alerting(async () => {
      const answer = answers.shift();
      return answer === undefined ? delivered : { delivered: false, answer };
    });
    alerts.raise(dead('a'));
    await clock.pass(9_999);
    expect(sent).toHaveLength(1);
    await clock.pass(1);
    expect(sent).toHaveLength(2);
    await clock.pass(60_000);
    expect(sent).toHaveLength(3);
    await clock.pass(every);
    alerts.raise(dead('b'));
    await clock.pass(every);
    expect(sent.map(({ details }) => details.capture)).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
    expect(failures).toEqual([
      { channel: '--alert-command', reason: 'no route' },
      { channel: '--alert-command', reason: 'no mailbox' },
    ]);
  });

  test('that fail are not tried again when everything ends', async () => {
    const { sent, alerts } = alerting(async () => ({ delivered: false, answer: 'no route' }));
    alerts.raise(dead('a'));
    await alerts.close();
    expect(sent).toHaveLength(1);
  });

  test('survive a channel that breaks', async () => {
    const { failures, alerts } = alerting(() => Promise.reject(new Error('no more processes')));
    alerts.raise(silence());
    await settled();
    expect(failures).toEqual([{ channel: '--alert-command', reason: 'no more processes' }]);
  });

  test('that are held back go when everything ends, and nothing after them', async () => {
    const { sent, alerts } = alerting();
    for (const capture of ['a', 'b', 'c']) alerts.raise(dead(capture));
    await alerts.close();
    expect(sent.map(({ details, heldBack }) => [details.capture, heldBack])).toEqual([
      ['a', 0],
      ['c', 1],
    ]);
    alerts.raise(dead('d'));
    await settled();
    expect(sent).toHaveLength(2);
  });

  test('that hang get two seconds more when everything ends', async () => {
    const { clock, failures, alerts } = alerting(
      (_alert, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () =>
            resolve({ delivered: false, answer: 'It was stopped.' }),
          ),
        ),
    );
    alerts.raise(silence());
    await settled();
    let closed = false;
    const closing = alerts.close().then(() => {
      closed = true;
    });
    await clock.pass(1_999);
    expect(closed).toBe(false);
    await clock.pass(1);
    await closing;
    expect(failures).toEqual([{ channel: '--alert-command', reason: 'It was stopped.' }]);
  });

  test('about calls are counted together by answer, from the first to the last', async () => {
    const { clock, sent, alerts } = alerting();
    alerts.raise(deadCalls());
    for (let minutes = 1; minutes <= 6; minutes += 1) {
      await clock.pass(60_000);
      for (let count = 0; count < 10; count += 1) {
        const reason = count === 0 ? 'no panel' : 'unknown journey';
        alerts.raise(deadCalls({ since: clock.now(), status: 422, reason }));
      }
    }
    await clock.pass(every);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({
      count: 60,
      heldBack: 59,
      message: `60 calls in 5 minutes were given up at ${handlerUrl}: 54 × 422 "unknown journey", 6 × 422 "no panel".`,
      details: { calls: 60, lasted: 300_000 },
    });
  });

  test('about calls name the five most frequent answers, also when they came last', async () => {
    const { clock, sent, alerts } = alerting();
    for (let status = 400; status < 440; status += 1) alerts.raise(deadCalls({ status }));
    for (let count = 0; count < 3; count += 1) alerts.raise(deadCalls({ status: 503 }));
    await clock.pass(every);
    const { answers } = sent[1]!.details as { answers: { status: number; calls: number }[] };
    expect(answers).toHaveLength(20);
    expect(answers[0]).toMatchObject({ status: 503, calls: 3 });
    expect(sent[1]?.message).toMatch(/: 3 × 503, 1 × \d+, (?:1 × \d+, ){3}35 others\.$/);
  });

  test('about a failure that ended while they were held back are not sent', async () => {
    const { clock, sent, alerts } = alerting();
    alerts.raise(fails(clock.now()));
    alerts.raise(recovers);
    await clock.pass(60_000);
    alerts.raise(fails(clock.now()));
    alerts.raise(recovers);
    await clock.pass(10 * every);
    expect(sent.map(({ kind, heldBack }) => [kind, heldBack])).toEqual([
      ['breaker_opened', 0],
      ['breaker_closed', 0],
      ['breaker_closed', 1],
    ]);
  });

  test('end with the state that holds, however often it changes', async () => {
    const { clock, sent, alerts } = alerting();
    for (let change = 0; change < 50; change += 1) {
      alerts.raise(fails(clock.now()));
      await clock.pass(7_000);
      alerts.raise(recovers);
      await clock.pass(11_000);
    }
    alerts.raise(fails(clock.now()));
    await clock.pass(10 * every);
    expect(sent.at(-1)).toMatchObject({ state: 'firing' });
    expect(sent.length).toBeLessThan(7);
  });

  test('of one kind do not wait for a channel that hangs with another kind', async () => {
    const { sent, alerts } = alerting(() => new Promise(() => {}));
    alerts.raise(silence());
    alerts.raise(recovers);
    await settled();
    expect(sent.map(({ kind }) => kind)).toEqual(['silence', 'breaker_closed']);
  });
});
