import { describe, expect, test } from 'vitest';
import { RuledWebhooks } from '../../src/journeys/call-rules.js';
import { RunLedger } from '../../src/journeys/run-ledger.js';
import type { Sending } from '../../src/journeys/sending-heap.js';

const event = (contact: number, copies = 1): Sending => ({
  ...{ at: 0, contact, webhook: 1, carrier: 2, time: 0, copies, late: false },
});

describe('the ledger', () => {
  test('counts a key once, however often it was sent', () => {
    const ledger = new RunLedger();
    const twice = event(7, 2);
    expect([event(1), twice, twice].map((each) => ledger.sent(each, false))).toEqual([
      false,
      false,
      true,
    ]);
    for (const each of [event(1), twice, twice]) ledger.settled(each, 'stored');
    expect(ledger.totals).toMatchObject({ sent: 3, repeats: 1, keys: { stored: 2 } });
  });

  test.each([
    [['unconfirmed', 'stored'], 'stored'],
    [['stored', 'outage'], 'stored'],
    [['outage', 'unconfirmed'], 'unconfirmed'],
    [['outage', 'disabled'], 'disabled'],
  ] as const)('counts a key with %j as %s', (fates, best) => {
    const ledger = new RunLedger();
    for (const fate of fates) ledger.settled(event(7, 2), fate);
    const none = { stored: 0, unconfirmed: 0, outage: 0, disabled: 0 };
    expect(ledger.totals.keys).toEqual({ ...none, [best]: 1 });
  });

  test('counts the keys that a stopped run left open', () => {
    const ledger = new RunLedger();
    ledger.sent(event(7, 2), false);
    ledger.settled(event(7, 2), 'stored');
    expect(ledger.totals.keys.stored).toBe(0);
    ledger.stop();
    expect(ledger.totals.keys.stored).toBe(1);
  });

  test('takes an event that a retry sends again for a repeat', () => {
    const ledger = new RunLedger();
    expect([ledger.sent(event(1), false), ledger.sent(event(1), true)]).toEqual([false, true]);
  });
});

describe('the rules of calls', () => {
  const rules = { outage: { from: 100, until: 200 }, disableAfter: 2, retries: undefined };

  test('refuse calls during the outage, from its first to before its last millisecond', () => {
    const webhooks = new RuledWebhooks(rules);
    expect([99, 100, 199, 200].map((at) => webhooks.refusal('Shop', at))).toEqual([
      undefined,
      'outage',
      'outage',
      undefined,
    ]);
  });

  test('disable only the webhook whose calls failed in a row', () => {
    const webhooks = new RuledWebhooks(rules);
    webhooks.failed('Shop', 1, 0);
    webhooks.succeeded('Shop');
    webhooks.failed('Shop', 2, 0);
    expect(webhooks.refusal('Shop', 3)).toBeUndefined();
    webhooks.failed('Shop', 4, 0);
    expect([webhooks.refusal('Shop', 5), webhooks.refusal('Other', 5)]).toEqual([
      'disabled',
      undefined,
    ]);
    expect([...webhooks.disabled]).toEqual([['Shop', 4]]);
  });

  test('count a call against its webhook only after its last retry', () => {
    const webhooks = new RuledWebhooks({
      ...rules,
      disableAfter: 1,
      retries: { times: 2, everyMs: 60 },
    });
    expect([0, 1, 2].map((retried) => webhooks.failed('Shop', retried * 60, retried))).toEqual([
      60,
      120,
      undefined,
    ]);
    expect([...webhooks.disabled]).toEqual([['Shop', 120]]);
  });
});
