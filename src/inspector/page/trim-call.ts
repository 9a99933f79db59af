import { type EventFilter, filtersNothing, matchesFilter } from '../../payload/event-filter.js';
import type { ListedCall } from '../api.js';

/** Maximum number of event rows for a call in the list; its detail has all. */
export const maxEventRows = 10;

/** Keeps the events that the list shows: matching ones first. */
export function trimCall(call: ListedCall, filter: EventFilter): ListedCall {
  const { events } = call;
  if (events.length <= 1) return call;
  const any = filtersNothing(filter);
  const asked = any ? events : events.filter((event) => matchesFilter(event, filter));
  const others = any ? [] : events.filter((event) => !matchesFilter(event, filter));
  return { ...call, events: [...asked, ...others].slice(0, maxEventRows) };
}
