import type { Channel } from '../../payload/channels.js';
import type { EventFilter } from '../../payload/event-filter.js';

/** The filter names of the API and the page's URL, in display order. */
const filterNames = [
  'text',
  'panel',
  'channel',
  'event',
  'status',
  'outcome',
  'msgid',
  'who',
  'since',
  'until',
] as const;
export type FilterName = (typeof filterNames)[number];

/** Filter values as typed; a missing name does not filter. */
export type Filters = Readonly<Partial<Record<FilterName, string>>>;

/** The state in the page's URL: the filters and the opened call. */
export interface PageAddress {
  readonly filters: Filters;
  readonly call: string | null;
  /** The position of the opened event, from 1. */
  readonly event: number | null;
}

/** Reads the query of the page's URL, and ignores unknown names. */
export function readAddress(search: string): PageAddress {
  const query = new URLSearchParams(search);
  const filters: Partial<Record<FilterName, string>> = {};
  for (const name of filterNames) {
    const value = query.get(name);
    if (value) filters[name] = value;
  }
  const [, call = '', event] = /^(.*?)(?:\.(\d{1,9}))?$/.exec(query.get('call') ?? '') ?? [];
  return { filters, call: call || null, event: call && event ? Number(event) : null };
}

/** The query of the page's URL including `?`, with an event as `<id>.3`; empty without filters. */
export function writeAddress({ filters, call, event }: PageAddress): string {
  const query = filterQuery(filters);
  if (call !== null) query.set('call', event === null ? call : `${call}.${event}`);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The filters in the API's form. */
export function filterQuery(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of filterNames) {
    const value = filters[name];
    if (value) query.set(name, value);
  }
  return query;
}

/** Changes some filters; an empty text removes one. */
export function changeFilters(
  filters: Filters,
  changes: Readonly<Partial<Record<FilterName, string>>>,
): Filters {
  return readAddress(`?${filterQuery({ ...filters, ...changes })}`).filters;
}

/**
 * The filters for an activity. A name of custom activities also needs their channel, since the
 * server only knows the activities of the other channels.
 */
export function activityFilters(
  activity: string,
  known: readonly string[],
): Readonly<Partial<Record<FilterName, string>>> {
  if (activity === '' || known.includes(activity)) return { event: activity };
  return { event: activity, channel: 'custom_activity' satisfies Channel };
}

export function sameFilters(a: Filters, b: Filters): boolean {
  return filterNames.every((name) => (a[name] ?? '') === (b[name] ?? ''));
}

export function hasFilters(filters: Filters): boolean {
  return filterNames.some((name) => filters[name]);
}

/** The events of a call that match the filters, to show them first. */
export function eventFilterOf(filters: Filters): EventFilter {
  return {
    channels: split(filters.channel?.toLowerCase()),
    activities: split(filters.event),
    panels: split(filters.panel),
    msgids: split(filters.msgid),
    keys: [],
    webhooks: [],
    journeys: [],
    people: split(filters.who?.toLowerCase()),
  };
}

function split(text = ''): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
