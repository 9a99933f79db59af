import { type EventFilter, matchesFilter } from '../payload/event-filter.js';
import { keyOf, tellsKey } from '../payload/event-key.js';
import type { IdentifiedEvent } from '../payload/payload.js';
import type { ListedCapture } from '../store/capture-search.js';

/** The matching events of a capture, with what their keys need. */
export function* eventsWithKeys(
  capture: ListedCapture,
  filter: EventFilter,
): Generator<IdentifiedEvent> {
  const listed = [...capture.everyEvent()];
  const known = listed.every(tellsKey);
  for (const event of known ? listed : capture.everyEvent('keys')) {
    if (matchesFilter(event, filter)) yield event;
  }
}

/** The key by which repeats are recognised; undefined: the event has no time. */
export function strongKey(event: IdentifiedEvent): string | undefined {
  return event.weakKey ? undefined : keyOf(event);
}
