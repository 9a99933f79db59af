import { type EventFilter, filtersNothing, matchesFilter } from '../../payload/event-filter.js';
import type { EventSummary } from '../../payload/payload.js';
import type { ListedCall } from '../api.js';

/** How many events of a call are rows of the list; its detail has them all. */
export const mostEventRows = 10;

/** A call as the list keeps it: of a batch of thousands no more than what it shows. */
export interface ShownCall extends Omit<ListedCall, 'events'> {
  readonly events: readonly ShownEvent[];
  /** How many events it has. */
  readonly eventCount: number;
}

export interface ShownEvent extends EventSummary {
  /** Its place in the batch, from 1. */
  readonly place: number;
}

/** Keeps of a call what the list shows: the events that are asked for, else the first ones. */
export function shownCall(call: ListedCall, filter: EventFilter): ShownCall {
  const asked: ShownEvent[] = [];
  const others: ShownEvent[] = [];
  const any = filtersNothing(filter);
  for (const [index, event] of call.events.entries()) {
    if (asked.length === mostEventRows) break;
    const shown = { ...event, place: index + 1 };
    if (any || matchesFilter(event, filter)) asked.push(shown);
    else if (others.length < mostEventRows) others.push(shown);
  }
  const events = [...asked, ...others.slice(0, mostEventRows - asked.length)];
  return { ...call, events, eventCount: call.events.length };
}
