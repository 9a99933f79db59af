import { type Channel, channels } from '../../payload/channels.js';
import type { EventFilter } from '../../payload/event-filter.js';

/** The filters, named as the server and the page's address name them, in the order of the chips. */
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

/** What is asked for, as typed; a name that is missing asks for nothing. */
export type Filters = Readonly<Partial<Record<FilterName, string>>>;

/** What the page's address says: which calls are listed, and which one is opened. */
export interface PageAddress {
  readonly filters: Filters;
  readonly call: string | null;
  /** The event of the opened call that is opened, by its place from 1. */
  readonly event: number | null;
}

/** Reads the query of the page's address; what it does not know is left alone. */
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

/** The query of the page's address, `?` and all, an event as `<id>.3`; empty when nothing is asked for. */
export function writeAddress({ filters, call, event }: PageAddress): string {
  const query = filterQuery(filters);
  if (call !== null) query.set('call', event === null ? call : `${call}.${event}`);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The filters as the server takes them. */
export function filterQuery(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of filterNames) {
    const value = filters[name];
    if (value) query.set(name, value);
  }
  return query;
}

/** The filters with some changed; empty text takes one away. */
export function changeFilters(
  filters: Filters,
  changes: Readonly<Partial<Record<FilterName, string>>>,
): Filters {
  return readAddress(`?${filterQuery({ ...filters, ...changes })}`).filters;
}

/**
 * What an activity asks for. A name that only custom activities have needs their channel: the server
 * knows the activities of the other channels.
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

/** Which events of a call the filters mean, for showing those first. */
export function eventFilterOf(filters: Filters): EventFilter {
  return {
    channels: split(filters.channel?.toLowerCase()).filter((name) =>
      (channels as readonly string[]).includes(name),
    ),
    activities: split(filters.event),
    panels: split(filters.panel),
    msgids: split(filters.msgid),
    people: split(filters.who?.toLowerCase()),
  };
}

function split(text = ''): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
