import { type Alert, type AlertSource, describeAlert } from '../../src/alerts/alert.js';
import type { AlertFact } from '../../src/alerts/fact.js';
import { noOutlook } from '../../src/alerts/outlook.js';

export const alertTime = Date.UTC(2026, 10, 23, 12);
export const handlerUrl = 'http://127.0.0.1:3000/netcore';

/** A listener that raises alerts. */
export function alertSource(changes: Partial<AlertSource> = {}): AlertSource {
  return {
    host: 'shop-1',
    profile: 'default',
    store: '/srv/netcore',
    listener: 'http://127.0.0.1:4400/',
    outlook: () => noOutlook,
    onStore: (command) => command,
    ...changes,
  };
}

export function described(
  fact: AlertFact,
  { heldBack = 0, ...source }: Partial<AlertSource> & { heldBack?: number } = {},
): Alert {
  return describeAlert(fact, { time: alertTime, heldBack }, alertSource(source));
}

export function deadCalls(
  changes: Partial<Extract<AlertFact, { kind: 'call_dead' }>> = {},
): Extract<AlertFact, { kind: 'call_dead' }> {
  const { status = 400, reason = null, calls = 1 } = changes;
  return {
    kind: 'call_dead',
    since: alertTime,
    capture: '1pbv5g9h38',
    to: handlerUrl,
    tries: 3,
    status,
    reason,
    calls,
    lasted: 0,
    answers: [{ status, reason, calls }],
    ...changes,
  };
}

export function silence(
  changes: Partial<Extract<AlertFact, { kind: 'silence' }>> = {},
): Extract<AlertFact, { kind: 'silence' }> {
  return {
    kind: 'silence',
    since: alertTime,
    lasted: 1_800_000,
    all: true,
    webhooks: [],
    refused: {},
    ...changes,
  };
}
