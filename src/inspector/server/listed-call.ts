import { captureNotice } from '../../output/capture-notice.js';
import { type EventFilter, filtersNothing, matchesFilter } from '../../payload/event-filter.js';
import { summaryOf } from '../../payload/event-key.js';
import type { IdentifiedEvent } from '../../payload/payload.js';
import type { ListedCapture } from '../../store/capture-search.js';
import type { ListedCall, ListedEvent } from '../api.js';

/** Maximum number of events and of panels in a list. */
const maxEvents = 50;
/** Bounds texts, since a list of calls with megabytes would be huge. */
const maxText = 300;

export function listedCall(capture: ListedCapture, filter: EventFilter): ListedCall {
  const call = describedCall(capture);
  return {
    ...call,
    target: short(call.target),
    panels: call.panels.slice(0, maxEvents).map(short),
    events: listedEvents(capture, filter).map(shortEvent),
  };
}

/** All events of a small batch; the first matching ones of a large batch. */
function listedEvents(capture: ListedCapture, filter: EventFilter): ListedEvent[] {
  const { events, eventCount } = capture;
  if (eventCount <= maxEvents || filtersNothing(filter)) {
    return numbered(events.slice(0, maxEvents));
  }
  const listed: ListedEvent[] = [];
  let number = 0;
  for (const event of capture.everyEvent()) {
    number += 1;
    if (matchesFilter(event, filter)) listed.push({ ...summaryOf(event), number });
    if (listed.length === maxEvents) break;
  }
  return listed;
}

/** A capture with every event that is known without reading the body again. */
export function describedCall(capture: Omit<ListedCapture, 'seq' | 'everyEvent'>): ListedCall {
  const { type: _, outcome, skipped, ...notice } = captureNotice(capture, capture);
  return {
    ...notice,
    events: numbered(capture.events),
    eventCount: capture.eventCount,
    outcome: outcome ?? null,
    skipped: skipped ?? null,
  };
}

function shortEvent(event: ListedEvent): ListedEvent {
  const { panel, channel, activity, msgid, who, name, time } = event;
  return {
    ...event,
    panel: short(panel),
    channel: short(channel),
    activity: activity && short(activity),
    event: event.event && short(event.event),
    msgid: msgid && short(msgid),
    who: who && short(who),
    name: name && short(name),
    time: time && short(time),
  };
}

function short(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}

function numbered(events: readonly IdentifiedEvent[]): ListedEvent[] {
  return events.map((event, at) => ({
    ...summaryOf(event),
    ...(event.key !== undefined && { key: event.key }),
    number: at + 1,
  }));
}
