import { canonicalActivity, canonicalChannel } from './channels.js';
import type { EventSummary } from './payload.js';

/** Which events are meant. An empty list means any; names are canonical where they have such. */
export interface EventFilter {
  readonly channels: readonly string[];
  readonly activities: readonly string[];
  readonly panels: readonly string[];
}

export function filtersNothing(filter: EventFilter): boolean {
  return filter.channels.length + filter.activities.length + filter.panels.length === 0;
}

export function matchesFilter(
  event: Pick<EventSummary, 'panel' | 'channel' | 'activity' | 'event'>,
  filter: EventFilter,
): boolean {
  return (
    meets(filter.channels, canonicalChannel(event.channel) ?? event.channel) &&
    meets(filter.panels, event.panel) &&
    (meets(filter.activities, event.activity) || meets(filter.activities, activityOf(event.event)))
  );
}

function activityOf(text: string | null): string | null {
  return text === null ? null : (canonicalActivity(text) ?? text);
}

function meets(wanted: readonly string[], value: string | null): boolean {
  return wanted.length === 0 || (value !== null && wanted.includes(value));
}
