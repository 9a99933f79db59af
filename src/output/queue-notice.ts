import { grouped, waitWords } from '../amounts.js';
import { type DeliveryState, deliveryStates, type TargetCounts } from '../call/delivery.js';
import type { QueueNotice } from './notice.js';

/** How many calls of a target are in each state, as it is told. */
export function queueNotice(counts: TargetCounts): QueueNotice {
  const { target, queue, states, unforwarded = 0, oldest } = counts;
  return {
    type: 'queue',
    target,
    queue: queue || null,
    states,
    unforwarded,
    oldest: oldest === null ? null : new Date(oldest).toISOString(),
  };
}

/** Calls that are not at their end yet. */
export function callsThatWait({ states }: Pick<QueueNotice, 'states'>): number {
  return states.waiting + states.delayed + states.active;
}

/** `3 waiting, 1,204 delivered, 2 skipped (1 without data that can be read)` */
export function statesText({
  states,
  unforwarded,
}: Pick<QueueNotice, 'states' | 'unforwarded'>): string {
  return deliveryStates
    .filter((state) => states[state] > 0)
    .map((state) => `${grouped(states[state])} ${state}${stateNote(state, unforwarded)}`)
    .join(', ');
}

/** What is to be said of the calls in a state. */
export function stateNote(state: DeliveryState, unforwarded: number): string {
  if (state !== 'skipped' || unforwarded === 0) return '';
  return ` (${grouped(unforwarded)} without data that can be read)`;
}

/** How long the oldest waits, `12 min`; empty: none does. `now` in milliseconds since 1970. */
export function ageText({ oldest }: Pick<QueueNotice, 'oldest'>, now: number): string {
  return oldest === null ? '' : waitWords(now - Date.parse(oldest));
}
