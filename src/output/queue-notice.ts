import { grouped, waitWords } from '../amounts.js';
import { type DeliveryState, deliveryStates, type TargetCounts } from '../call/delivery.js';
import type { QueueNotice } from './notice.js';

export function queueNotice(counts: TargetCounts): QueueNotice {
  const { target, name = null, queue, states, unforwarded = 0, oldest, paused } = counts;
  return {
    type: 'queue',
    target,
    name,
    queue: queue || null,
    states,
    unforwarded,
    oldest: isoTime(oldest),
    paused: isoTime(paused),
  };
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A target with what the user calls it. */
export function targetText({ target, name = null }: Pick<QueueNotice, 'target' | 'name'>): string {
  return name === null ? target : `${name}  ${target}`;
}

/** Calls that are neither delivered nor given up. */
export function callsThatWait({ states }: Pick<QueueNotice, 'states'>): number {
  return states.waiting + states.delayed + states.active;
}

/** `3 waiting, 1,204 delivered, 2 skipped (1 without readable data)` */
export function statesText({
  states,
  unforwarded,
}: Pick<QueueNotice, 'states' | 'unforwarded'>): string {
  return deliveryStates
    .filter((state) => states[state] > 0)
    .map((state) => `${grouped(states[state])} ${state}${stateNote(state, unforwarded)}`)
    .join(', ');
}

export function stateNote(state: DeliveryState, unforwarded: number): string {
  if (state !== 'skipped' || unforwarded === 0) return '';
  return ` (${grouped(unforwarded)} without readable data)`;
}

/**
 * The age of the oldest unfinished call, `12 min`; empty without one. `now` in milliseconds since
 * 1970.
 */
export function ageText({ oldest }: Pick<QueueNotice, 'oldest'>, now: number): string {
  return oldest === null ? '' : waitWords(now - Date.parse(oldest));
}

/** `paused for 12 min`; empty when it is not paused. */
export function pauseText({ paused }: Pick<QueueNotice, 'paused'>, now: number): string {
  return paused === null ? '' : `paused for ${waitWords(now - Date.parse(paused))}`;
}
