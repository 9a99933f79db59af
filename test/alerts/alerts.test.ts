import { describe, expect, test } from 'vitest';
import type { Alert, AlertFact } from '../../src/alerts/alert.js';
import { type AlertChannel, type AlertFailure, startAlerts } from '../../src/alerts/alerts.js';
import { createFakeClock, settled } from '../helpers/fake-clock.js';

const every = 15 * 60_000;

function alerting(deliver: AlertChannel['deliver'] = async () => undefined) {
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
    every,
    clock,
    now: clock.now,
    failed: (failure) => failures.push(failure),
  });
  return { clock, sent, failures, alerts };
}

const dead = (capture: string): AlertFact => ({
  kind: 'call_dead',
  capture,
  to: 'http://127.0.0.1:3000/',
  tries: 3,
  status: 400,
  reason: null,
});
const silence: AlertFact = { kind: 'silence', lasted: 1_800_000 };

describe('alerts', () => {
  test('go at once, and at most one of a kind in a time', async () => {
    const { clock, sent, alerts } = alerting();
    alerts.raise(dead('a'));
    alerts.raise(dead('b'));
    alerts.raise(silence);
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
          finish = () => resolve(undefined);
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

  test('that fail are told once, until one gets through', async () => {
    const outcomes = ['It ended with 1.', 'It ended with 1.', undefined, 'It answered 500.'];
    const { clock, sent, failures, alerts } = alerting(async () => outcomes.shift());
    for (const capture of ['a', 'b', 'c', 'd']) {
      alerts.raise(dead(capture));
      await clock.pass(every);
    }
    expect(sent).toHaveLength(4);
    expect(failures).toEqual([
      { channel: '--alert-command', reason: 'It ended with 1.' },
      { channel: '--alert-command', reason: 'It answered 500.' },
    ]);
  });

  test('survive a channel that breaks', async () => {
    const { failures, alerts } = alerting(() => Promise.reject(new Error('no more processes')));
    alerts.raise(silence);
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
          signal.addEventListener('abort', () => resolve('It was stopped.')),
        ),
    );
    alerts.raise(silence);
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
});
