import type { ListedCall, ListedEvent } from '../../inspector/api.js';
import { type EventFilter, matchesFilter } from '../../payload/event-filter.js';
import type { EventSummary } from '../../payload/payload.js';
import type { ListedCapture } from '../../store/history.js';
import { captureNotice } from '../capture-notice.js';

/** Of a large batch a list tells so many events. */
const mostEvents = 50;

/** A capture for a list that a filter has made. */
export function listedCall(capture: ListedCapture, filter: EventFilter): ListedCall {
  const { events } = capture;
  const all = numbered(events);
  return {
    ...describedCall(capture),
    events:
      events.length <= mostEvents
        ? all
        : all.filter((event) => matchesFilter(event, filter)).slice(0, mostEvents),
  };
}

/** The same with every event. */
export function describedCall(capture: Omit<ListedCapture, 'position'>): ListedCall {
  const { type: _, outcome, ...notice } = captureNotice(capture, capture);
  return {
    ...notice,
    events: numbered(capture.events),
    eventCount: capture.events.length,
    outcome: outcome ?? null,
  };
}

function numbered(events: readonly EventSummary[]): ListedEvent[] {
  return events.map((event, at) => ({ ...event, number: at + 1 }));
}
