import { deliveryStates, type TargetCounts } from '../call/delivery.js';
import type { QueueNotice } from '../output/notice.js';
import { grouped } from './plural.js';
import { waitWords } from './wait-words.js';

/** How many calls of a target are in each state, as it is told. */
export function queueNotice({ target, queue, states, oldest }: TargetCounts): QueueNotice {
  return {
    type: 'queue',
    target,
    queue: queue || null,
    states,
    oldest: oldest === null ? null : new Date(oldest).toISOString(),
  };
}

/** Calls that are not at their end yet. */
export function callsThatWait({ states }: Pick<QueueNotice, 'states'>): number {
  return states.waiting + states.delayed + states.active;
}

/** `3 waiting, 1,204 delivered` */
export function statesText({ states }: Pick<QueueNotice, 'states'>): string {
  return deliveryStates
    .filter((state) => states[state] > 0)
    .map((state) => `${grouped(states[state])} ${state}`)
    .join(', ');
}

/** How long the oldest waits, `12 min`; empty: none does. `now` in milliseconds since 1970. */
export function ageText({ oldest }: Pick<QueueNotice, 'oldest'>, now: number): string {
  return oldest === null ? '' : waitWords(now - Date.parse(oldest));
}
