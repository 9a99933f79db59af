import type { ListedCall } from '../../../src/inspector/api.js';
import { type ShownCall, shownCall } from '../../../src/inspector/page/shown-call.js';
import { anyEvent } from '../../../src/payload/event-filter.js';
import type { EventSummary } from '../../../src/payload/payload.js';

export function anEvent(changes: Partial<EventSummary> = {}): EventSummary {
  return {
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
  return {
    id: `06f3k${String(number).padStart(5, '0')}`,
    time: new Date(Date.UTC(2026, 10, 24, 14, 3, 0) + number * 1000).toISOString(),
    method: 'POST',
    target: '/hook',
    remote: '203.0.113.7',
    bytes: 812,
    status: 200,
    panels: ['netcore_hook_test'],
    events: [anEvent()],
    problem: null,
    outcome: null,
    ...changes,
  };
}

/** Calls as the list has them, newest first: `shown(3, 1)` are those of the numbers 3, 2 and 1. */
export function shown(newest: number, oldest: number): ShownCall[] {
  return Array.from({ length: newest - oldest + 1 }, (_, index) =>
    shownCall(aCall(newest - index), anyEvent),
  );
}
