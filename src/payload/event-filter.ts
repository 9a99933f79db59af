import { canonicalActivity, canonicalChannel } from './channels.js';
import type { EventSummary } from './payload.js';

/** Selects events. An empty list matches all; names are canonical where possible. */
export interface EventFilter {
  readonly channels: readonly string[];
  readonly activities: readonly string[];
  readonly panels: readonly string[];
  readonly msgids: readonly string[];
  /** Contacts, in lower case. */
  readonly people: readonly string[];
}

export const anyEvent: EventFilter = {
  channels: [],
  activities: [],
  panels: [],
  msgids: [],
  people: [],
};

export function filtersNothing(filter: EventFilter): boolean {
  return Object.values(filter).every((wanted) => wanted.length === 0);
}

export function matchesFilter(
  event: Pick<EventSummary, 'panel' | 'channel' | 'activity' | 'event' | 'msgid' | 'who'>,
  filter: EventFilter,
): boolean {
  return (
    matchesKind(event, filter) &&
    meets(filter.panels, event.panel) &&
    meets(filter.msgids, event.msgid) &&
    meets(filter.people, event.who?.toLowerCase() ?? null)
  );
}

/** Whether channel and activity match. */
export function matchesKind(
  event: Pick<EventSummary, 'channel' | 'activity' | 'event'>,
  filter: EventFilter,
): boolean {
  return (
    meets(filter.channels, canonicalChannel(event.channel) ?? event.channel) &&
    (meets(filter.activities, event.activity) || meets(filter.activities, activityOf(event.event)))
  );
}

function activityOf(text: string | null): string | null {
  return text === null ? null : (canonicalActivity(text) ?? text);
}

function meets(wanted: readonly string[], value: string | null): boolean {
  return wanted.length === 0 || (value !== null && wanted.includes(value));
}
