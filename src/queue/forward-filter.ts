import { decodedBody, readCallContent } from '../call/content.js';
import { type EventFilter, filtersNothing, matchesFilter } from '../payload/event-filter.js';
import { findData } from '../payload/form-codec.js';
import type { EventSummary } from '../payload/payload.js';
import type { QueuedCall } from './queue.js';

/** Which of the recorded calls are forwarded. */
export interface ForwardFilter {
  /** Those, too, that are no POST with a `data` field. */
  readonly all: boolean;
  /** A call goes whole if any of its events is meant. */
  readonly events: EventFilter;
}

export function isForwarded(call: QueuedCall, filter: ForwardFilter): boolean {
  if (!filter.all && !carriesData(call)) return false;
  if (filtersNothing(filter.events)) return true;
  return eventsOf(call).some((event) => matchesFilter(event, filter.events));
}

function carriesData({ capture, events = [] }: QueuedCall): boolean {
  if (capture.method !== 'POST') return false;
  return events.length > 0 || findData(decodedBody(capture)).kind !== 'missing';
}

function eventsOf({ capture, events }: QueuedCall): readonly EventSummary[] {
  if (events !== undefined) return events;
  const content = readCallContent(capture);
  return content.kind === 'payload' ? content.events : [];
}
