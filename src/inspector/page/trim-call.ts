import { type EventFilter, filtersNothing, matchesFilter } from '../../payload/event-filter.js';
import type { ListedCall } from '../api.js';

/** How many events of a call are rows of the list; its detail has them all. */
export const maxEventRows = 10;

/** Keeps of a call what the list shows: the events that are asked for, then the first others. */
export function trimCall(call: ListedCall, filter: EventFilter): ListedCall {
  const { events } = call;
  if (events.length <= 1) return call;
  const any = filtersNothing(filter);
  const asked = any ? events : events.filter((event) => matchesFilter(event, filter));
  const others = any ? [] : events.filter((event) => !matchesFilter(event, filter));
  return { ...call, events: [...asked, ...others].slice(0, maxEventRows) };
}
