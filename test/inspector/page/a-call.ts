import type { ListedCall, ListedEvent } from '../../../src/inspector/api.js';
import { trimCall } from '../../../src/inspector/page/trim-call.js';
import { anyEvent } from '../../../src/payload/event-filter.js';

export function anEvent(changes: Partial<ListedEvent> = {}): ListedEvent {
  return {
    number: 1,
    panel: 'netcore_hook_test',
    channel: 'email',
    activity: 'open',
    event: 'open',
    msgid: '546',
    who: 'asha@example.com',
    name: 'Order shipped',
    time: '2026-11-24T14:03:20',
    ...changes,
  };
}

/** A call of an online shop; those with a larger number came later. */
export function aCall(number: number, changes: Partial<ListedCall> = {}): ListedCall {
  const { events = [anEvent()] } = changes;
  return {
    id: `06f3k${String(number).padStart(5, '0')}`,
    time: new Date(Date.UTC(2026, 10, 24, 14, 3, 0) + number * 1000).toISOString(),
    method: 'POST',
    target: '/hook',
    remote: '203.0.113.7',
    bytes: 812,
    status: 200,
    panels: ['netcore_hook_test'],
    events,
    eventCount: events.length,
    problem: null,
    outcome: null,
    skipped: null,
    ...changes,
  };
}

/** Calls as the list has them, newest first: `shown(3, 1)` are those of the numbers 3, 2 and 1. */
export function shown(newest: number, oldest: number): ListedCall[] {
  return Array.from({ length: newest - oldest + 1 }, (_, index) =>
    trimCall(aCall(newest - index), anyEvent),
  );
}
