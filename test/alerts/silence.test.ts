import { describe, expect, onTestFinished, test } from 'vitest';
import type { AlertFact, Webhook } from '../../src/alerts/fact.js';
import { type SilenceState, watchSilence } from '../../src/alerts/watch-silence.js';
import { dailyHoursText, parseDailyHours, timeWithin } from '../../src/call/daily-hours.js';
import { createFakeClock } from '../helpers/fake-clock.js';

const minute = 60_000;
const hour = 60 * minute;
const panel = 'netcore_hook_test';
const orders: Webhook = { panel, webhook: 'Order updates' };
const clicks: Webhook = { panel, webhook: 'Clicks' };
/** Noon in local time. */
const noon = new Date(2026, 10, 23, 12).getTime();

function listening({
  hours = '',
  start = noon,
  lookUp = async () => undefined as number | undefined,
} = {}) {
  const clock = createFakeClock(start);
  const raised: AlertFact[] = [];
  const states: SilenceState[] = [];
  const looked: [Webhook, number][] = [];
  const watch = watchSilence(
    {
      limit: { ms: 30 * minute, hours: parseDailyHours(hours) },
      clock,
      now: clock.now,
      lookUp: (webhook, since) => {
        looked.push([{ panel: webhook.panel, webhook: webhook.webhook }, since]);
        return lookUp();
      },
      changed: (state) => states.push(state),
    },
    (fact) => raised.push(fact),
  );
  onTestFinished(() => watch.close());
  const call = (...webhooks: Webhook[]) => {
    watch.heard();
    watch.heardFrom(webhooks);
  };
  /** Calls every five minutes. */
  const calls = async (ms: number, ...webhooks: Webhook[]) => {
    for (let left = ms; left > 0; left -= 5 * minute) {
      call(...webhooks);
      await clock.pass(5 * minute);
    }
  };
  return { clock, raised, states, looked, watch, call, calls };
}

const kinds = (facts: readonly AlertFact[]) => facts.map(({ kind }) => kind);

describe('silence', () => {
  test('raises one alert, also when no call ever came', async () => {
    const { clock, raised } = listening();
    await clock.pass(30 * minute - 1);
    expect(raised).toEqual([]);
    await clock.pass(10_000);
    expect(raised).toMatchObject([{ kind: 'silence', since: noon, all: true, webhooks: [] }]);
    await clock.pass(300 * minute);
    expect(raised).toHaveLength(1);
  });

  test('is counted from the last call, and is over with the next', async () => {
    const { clock, raised, states, call } = listening();
    for (let count = 0; count < 10; count += 1) {
      await clock.pass(29 * minute);
      call();
    }
    expect(raised).toEqual([]);
    await clock.pass(45 * minute);
    call();
    call();
    expect(raised.slice(1)).toEqual([
      { kind: 'silence_over', lasted: 45 * minute, webhooks: [], silent: [] },
    ]);
    expect(states.map(({ all }) => all)).toEqual([clock.now() - 45 * minute, null]);
    await clock.pass(31 * minute);
    expect(kinds(raised)).toEqual(['silence', 'silence_over', 'silence']);
  });

  test('is counted from the last call in the store, with a minute for calls that were held up', async () => {
    const { clock, raised, watch } = listening();
    watch.begin({ calls: [{ time: noon - 3 * hour, webhooks: [] }], ranUntil: undefined });
    await clock.pass(minute - 1);
    expect(raised).toEqual([]);
    await clock.pass(1);
    expect(raised).toMatchObject([{ kind: 'silence', lasted: 3 * hour + minute }]);
  });

  test('counts from a call that arrived before the store was read', async () => {
    const { clock, raised, watch, call } = listening();
    await clock.pass(1);
    call();
    watch.begin({ calls: [{ time: noon - 3 * hour, webhooks: [] }], ranUntil: undefined });
    await clock.pass(29 * minute);
    expect(raised).toEqual([]);
  });

  test('counts the calls that were refused meanwhile', async () => {
    const { clock, raised, watch, call } = listening();
    watch.refused('other_path');
    call();
    for (let count = 0; count < 40; count += 1) watch.refused('no_credentials');
    await clock.pass(31 * minute);
    expect(raised).toMatchObject([{ refused: { no_credentials: 40 } }]);
  });

  test('of one webhook is found while others call', async () => {
    const { raised, states, calls, call, clock } = listening();
    await calls(hour, orders, clicks);
    const last = clock.now() - 5 * minute;
    await calls(40 * minute, clicks);
    expect(raised).toMatchObject([
      { kind: 'silence', all: false, since: last, webhooks: [{ ...orders, since: last }] },
    ]);
    await calls(2 * hour, clicks);
    expect(raised).toHaveLength(1);
    call(orders);
    expect(raised.slice(1)).toMatchObject([
      { kind: 'silence_over', webhooks: [orders], silent: [] },
    ]);
    expect(states.map(({ webhooks }) => webhooks.length)).toEqual([1, 0]);
  });

  test('of one webhook is known again after a restart', async () => {
    const { raised, calls, watch } = listening();
    const past = Array.from({ length: 20 }, (_, index) => ({
      time: noon - 3 * hour + index * 5 * minute,
      webhooks: index < 10 ? [orders, clicks] : [clicks],
    }));
    watch.begin({ calls: past, ranUntil: noon - minute });
    await calls(10 * minute, clicks);
    expect(raised).toMatchObject([{ all: false, webhooks: [orders] }]);
  });

  test('is counted from the start when no listener ran for the limit', async () => {
    const { clock, raised, watch, calls } = listening();
    const time = noon - 3 * hour;
    const past = Array.from({ length: 9 }, (_, index) => ({
      time: time + index,
      webhooks: [orders],
    }));
    watch.begin({ calls: past, ranUntil: time });
    await calls(25 * minute, clicks);
    expect(raised).toEqual([]);
    await calls(10 * minute, clicks);
    expect(raised).toMatchObject([{ webhooks: [orders] }]);
    await clock.pass(minute);
  });

  test('lists every silent webhook, and says which still are', async () => {
    const { raised, calls, call } = listening();
    const others = { panel, webhook: null };
    await calls(hour, orders, clicks, others);
    await calls(hour, others);
    expect(raised.at(-1)).toMatchObject({ kind: 'silence', webhooks: [orders, clicks] });
    call(clicks);
    expect(raised.at(-1)).toMatchObject({
      kind: 'silence_over',
      webhooks: [clicks],
      silent: [orders],
    });
  });

  test('of a webhook that rarely calls is no news', async () => {
    const { raised, calls, call } = listening();
    for (let day = 0; day < 6; day += 1) {
      call(orders);
      await calls(8 * hour, clicks);
    }
    expect(raised).toEqual([]);
  });

  test('of a webhook that has just begun is no news', async () => {
    const { raised, calls, call } = listening();
    call(orders);
    call(orders);
    await calls(3 * hour, clicks);
    expect(raised).toEqual([]);
  });

  test('of a webhook is looked up in the store when calls were not read', async () => {
    let found: number | undefined;
    const { raised, looked, calls, watch, clock } = listening({ lookUp: async () => found });
    await calls(hour, orders, clicks);
    const last = clock.now() - 5 * minute;
    watch.missed();
    found = clock.now();
    await calls(25 * minute, clicks);
    expect(raised).toEqual([]);
    expect(looked[0]).toEqual([orders, last + 1]);
    // From here on, every call is read.
    await calls(10 * minute, clicks);
    expect(raised).toMatchObject([{ kind: 'silence', webhooks: [{ ...orders, since: found }] }]);
    expect(looked).toHaveLength(1);
  });

  test('of all webhooks is one alert, and each gets time to resume', async () => {
    const { raised, calls, call, clock } = listening();
    await calls(hour, orders, clicks);
    await clock.pass(2 * hour);
    expect(raised).toMatchObject([{ kind: 'silence', all: true }]);
    call(clicks);
    await calls(25 * minute, clicks);
    expect(kinds(raised)).toEqual(['silence', 'silence_over']);
    await calls(20 * minute, clicks);
    expect(raised.at(-1)).toMatchObject({ kind: 'silence', all: false, webhooks: [orders] });
  });

  test('of thousands of made-up webhooks is bounded', async () => {
    const { raised, calls, call } = listening();
    for (let number = 0; number < 2_000; number += 1) {
      for (let count = 0; count < 5; count += 1) {
        call({ panel: 'x'.repeat(100_000), webhook: `forged ${number}` });
      }
    }
    await calls(hour, clicks);
    const [fact] = raised;
    expect(fact?.kind === 'silence' && fact.webhooks.length).toBeLessThanOrEqual(200);
    expect(JSON.stringify(fact).length).toBeLessThan(60_000);
  });

  test('counts only time within its hours', async () => {
    const { clock, raised, call } = listening({ hours: '08:00-23:00' });
    await clock.pass(10 * hour);
    call();
    await clock.pass(hour);
    expect(kinds(raised)).toEqual(['silence', 'silence_over', 'silence']);
    call();
    await clock.pass(20 * minute);
    // From 23:20 to 08:29, no time counts but the last 29 minutes.
    call();
    await clock.pass(9 * hour + 9 * minute);
    expect(raised).toHaveLength(4);
    await clock.pass(2 * minute);
    expect(kinds(raised).slice(4)).toEqual(['silence']);
  });

  test('raises nothing when the watch is closed', async () => {
    const { clock, raised, watch } = listening();
    watch.close();
    await clock.pass(60 * minute);
    expect(raised).toEqual([]);
  });
});

describe('daily hours', () => {
  test.each(['08:00-23:00', '22:30-06:00', '00:00-24:00'])('%s can be read', (text) => {
    const hours = parseDailyHours(text);
    expect(hours && dailyHoursText(hours)).toBe(text);
  });

  test.each(['', '8-23', '08:00', '08:60-09:00', '25:00-26:00', '08:00-08:00', '24:00-08:00'])(
    '%j are none',
    (text) => {
      expect(parseDailyHours(text)).toBe(undefined);
    },
  );

  const at = (day: number, hours: number, minutes = 0) =>
    new Date(2026, 10, day, hours, minutes).getTime();

  test.each([
    [undefined, at(23, 0), at(24, 0), 24 * 60],
    ['08:00-23:00', at(23, 22, 30), at(24, 8, 15), 45],
    ['08:00-23:00', at(23, 1), at(23, 7), 0],
    ['08:00-23:00', at(23, 7), at(25, 7), 30 * 60],
    ['22:00-06:00', at(23, 23), at(24, 7), 7 * 60],
    ['22:00-06:00', at(23, 2), at(23, 3), 60],
    ['22:00-06:00', at(23, 7), at(23, 21), 0],
    ['00:00-24:00', at(23, 7), at(24, 7), 24 * 60],
    ['08:00-23:00', at(24, 8), at(23, 8), 0],
  ])('%s hold from %i to %i: %i minutes', (text, from, until, minutes) => {
    const hours = text === undefined ? undefined : parseDailyHours(text);
    expect(timeWithin(hours, from, until)).toBe(minutes * minute);
  });

  test('of years take no time to count', () => {
    expect(timeWithin(parseDailyHours('08:00-23:00'), 0, noon)).toBeGreaterThan(300 * 15 * hour);
  });
});
