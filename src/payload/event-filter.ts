import { canonicalActivity, canonicalChannel } from './channels.js';
import type { IdentifiedEvent } from './payload.js';

/**
 * Selects events. An empty list matches all. Names are canonical where possible, and compared without
 * their case.
 */
export interface EventFilter {
  readonly channels: readonly string[];
  readonly activities: readonly string[];
  readonly panels: readonly string[];
  readonly msgids: readonly string[];
  /** Identifiers of contacts or parts of them, in lower case. */
  readonly people: readonly string[];
  /** Keys of events, or their first digits. */
  readonly keys: readonly string[];
  /** Labels, in lower case. */
  readonly webhooks: readonly string[];
  readonly journeys: readonly string[];
}

export const anyEvent: EventFilter = {
  channels: [],
  activities: [],
  panels: [],
  msgids: [],
  people: [],
  keys: [],
  webhooks: [],
  journeys: [],
};

export function filtersNothing(filter: EventFilter): boolean {
  return Object.values(filter).every((wanted) => wanted.length === 0);
}

/** `key` is known of events that were read whole, as are labels and all identifiers of contacts. */
export function matchesFilter(event: IdentifiedEvent, filter: EventFilter): boolean {
  return (
    matchesKind(event, filter) &&
    meets(filter.panels, event.panel) &&
    meets(filter.msgids, event.msgid) &&
    (filter.people.length === 0 ||
      isAnyOf(filter.people, event.who) ||
      event.ids?.some((id) => isAnyOf(filter.people, id)) === true) &&
    meetsLabel(filter.webhooks, event.webhook) &&
    meetsLabel(filter.journeys, event.journey) &&
    (filter.keys.length === 0 || filter.keys.some((start) => event.key?.startsWith(start)))
  );
}

function meetsLabel(wanted: readonly string[], label: string | null | undefined): boolean {
  return wanted.length === 0 || (!!label && wanted.includes(label.trim().toLowerCase()));
}

/** Whether channel and activity match. */
export function matchesKind(
  event: Pick<IdentifiedEvent, 'channel' | 'activity' | 'event'>,
  filter: EventFilter,
): boolean {
  return (
    names(filter.channels, canonicalChannel(event.channel) ?? event.channel) &&
    (names(filter.activities, event.activity) || names(filter.activities, activityOf(event.event)))
  );
}

function activityOf(text: string | null): string | null {
  return text === null ? null : (canonicalActivity(text) ?? text);
}

function meets(wanted: readonly string[], value: string | null): boolean {
  return wanted.length === 0 || (value !== null && wanted.includes(value));
}

function names(wanted: readonly string[], value: string | null): boolean {
  if (meets(wanted, value)) return true;
  const folded = value?.toLowerCase();
  return wanted.some((name) => name.toLowerCase() === folded);
}

function isAnyOf(people: readonly string[], id: string | null): boolean {
  return id !== null && people.some((wanted) => isContact(id.toLowerCase(), wanted));
}

/**
 * Whether an identifier is the wanted one, or contains it. A whole e-mail address must be equal: it
 * would otherwise also find longer ones. Telephone numbers are compared by their digits, with or
 * without the country code.
 */
function isContact(id: string, wanted: string): boolean {
  if (isWholeEmail(wanted)) return id === wanted;
  if (id.includes(wanted)) return true;
  const digits = phoneDigits(wanted);
  const own = digits && phoneDigits(id);
  return Boolean(own) && (own.endsWith(digits) || digits.endsWith(own));
}

export function isWholeEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$/.test(text);
}

/** The digits of a text that may be a telephone number, else an empty text. */
export function phoneDigits(text: string): string {
  const digits = /^[+\d\s().-]+$/.test(text) ? text.replace(/\D/g, '').replace(/^0+/, '') : '';
  return digits.length < 7 ? '' : digits;
}
