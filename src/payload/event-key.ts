import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalActivity, canonicalChannel } from './channels.js';
import type { EventSummary, IdentifiedEvent } from './payload.js';

/**
 * The parts that distinguish an event from every other one. Each is empty when the event lacks it.
 * No field alone is an id: `msgid` names the message, which all of its contacts share.
 */
export interface EventIdentity {
  readonly panel: string;
  readonly msgid: string;
  /** The first of foreignkey, identity, email, EMAIL, mobile, MOBILE and userid, normalised. */
  readonly contact: string;
  /** Canonical if known. */
  readonly channel: string;
  /** Canonical if known; for custom_activity the client's own name. */
  readonly activity: string;
  /** The digits of `ts` (YYMMDDHHMMSS), else those of `timestamp` in the same form. */
  readonly time: string;
  /** The link of a click; for custom_activity a digest of `payload_params`. */
  readonly detail: string;
}

export interface EventKey {
  /** 32 lower-case hexadecimal digits. */
  readonly key: string;
  /**
   * The event has neither `ts` nor `timestamp`, so that the key is a digest of the whole event. Two
   * such events may be equal and yet distinct: do not deduplicate by a weak key.
   */
  readonly weak: boolean;
}

/**
 * The key of an event, as parsed from JSON: equal for repeats of it, different for any other event of any
 * contact. Never throws. docs/payload.md has its definition for other languages.
 */
export function eventKey(panel: string, event: unknown): EventKey {
  return exactKey(panel, event, event);
}

/** `exact`: the event with those numbers as text that a double would change. */
export function exactKey(panel: string, exact: unknown, event: unknown): EventKey {
  return keyOfIdentity(eventIdentity(panel, exact, event), event);
}

/** The key of an event whose identity is known. */
export function keyOfIdentity(identity: EventIdentity, event: unknown): EventKey {
  return identity.time === ''
    ? { key: hashed([identity.panel, canonicalJson(event)]), weak: true }
    : { key: identityKey(identity), weak: false };
}

/** The first half of the SHA-256 of the seven parts in UTF-8, joined by line feeds. */
export function identityKey(identity: EventIdentity): string {
  const { panel, msgid, contact, channel, activity, time, detail } = identity;
  return hashed([panel, msgid, contact, channel, activity, time, detail]);
}

/** `plain`: the event whose `payload_params` are digested. */
export function eventIdentity(
  panel: string,
  event: unknown,
  plain: unknown = event,
): EventIdentity {
  const fields = fieldsOf(event);
  const params = fieldsOf(fields.event_params);
  const channelText = plainText(fields.channel) ?? '';
  const channel = canonicalChannel(channelText) ?? channelText;
  const isCustom = channel === 'custom_activity';
  const activity = canonicalName(activityText(fields, params, isCustom, plainText) ?? '', isCustom);
  const time = keyTime(plainText(params.ts), plainText(params.timestamp));
  return {
    panel,
    msgid: plainText(fields.msgid) ?? '',
    contact: normalContact(contactOf(params, fieldsOf(fields.att_params), fields, plainText) ?? ''),
    channel,
    activity,
    time: time ?? '',
    detail: isCustom
      ? hashed([canonicalJson(fieldsOf(plain).payload_params ?? null)])
      : (linkOf(activity, params, plainText) ?? ''),
  };
}

/**
 * The key of a summarised event. Undefined when only the whole event tells: for custom_activity, for
 * weak keys, and for summaries that an earlier version stored.
 */
export function keyOf(event: IdentifiedEvent): string | undefined {
  const { key, panel, msgid, who, channel, activity, keyTime: time, link } = event;
  if (key !== undefined) return key;
  if (typeof time !== 'string' || !tellsKey(event)) return undefined;
  return identityKey({
    panel,
    msgid: msgid ?? '',
    contact: normalContact(who ?? ''),
    channel,
    activity: activity ?? '',
    time,
    detail: link ?? '',
  });
}

/** Whether `keyOf` knows the key, without computing it. */
export function tellsKey({ key, keyTime: time, channel }: IdentifiedEvent): boolean {
  return key !== undefined || (typeof time === 'string' && channel !== 'custom_activity');
}

/** An event as commands print it. */
export interface KeyedEvent extends EventSummary {
  /** null when it is unknown without reading the body again. */
  readonly key: string | null;
  /** Only of an event without a time, by whose key nothing may be deduplicated. */
  readonly weakKey?: true;
}

export function summaryOf(event: IdentifiedEvent): EventSummary {
  const { panel, channel, activity, event: raw, msgid, who, name, time } = event;
  return { panel, channel, activity, event: raw, msgid, who, name, time };
}

/** Computes the key when it is read: most views only show the summary. */
export function keyedEvent(event: IdentifiedEvent): KeyedEvent {
  return {
    ...summaryOf(event),
    get key() {
      return keyOf(event) ?? null;
    },
    ...(event.weakKey && { weakKey: true }),
  };
}

type Fields = Readonly<Record<string, unknown>>;
const noFields: Fields = {};

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : noFields;
}

type ReadText = (value: unknown) => string | null;

/** Text, numbers and booleans as text; null for anything else and for empty text. */
export const plainText: ReadText = (value) => {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
};

/** The identifier of an event's contact, as received. */
export function contactOf(
  params: Fields,
  attributes: Fields,
  event: Fields,
  text: ReadText,
): string | null {
  const named = (value: unknown) => {
    const found = text(value);
    return found === null || found.trim() === '' ? null : found;
  };
  return (
    named(params.foreignkey) ??
    named(params.identity) ??
    named(params.email) ??
    named(attributes.EMAIL) ??
    named(params.mobile) ??
    named(attributes.MOBILE) ??
    named(fieldsOf(event.custom_params).userid)
  );
}

/** The activity as received: `event`, or for custom_activity the client's own name. */
export function activityText(
  event: Fields,
  params: Fields,
  isCustom: boolean,
  text: ReadText,
): string | null {
  const own = isCustom ? (text(params.asset_name) ?? text(params.activity_name)) : null;
  return own ?? text(event.event);
}

/** The canonical name of an activity if known; clients name those of custom_activity. */
export function canonicalName(activity: string, isCustom: boolean): string {
  return isCustom ? activity : (canonicalActivity(activity) ?? activity);
}

/** The link of a click: its URL, else the link's id. */
export function linkOf(activity: string | null, params: Fields, text: ReadText): string | null {
  return activity === 'click' ? (text(params.url) ?? text(params.linkid)) : null;
}

/** `ts`, else `timestamp` as YYMMDDHHMMSS where it is a date and time. */
export function keyTime(ts: string | null, timestamp: string | null): string | null {
  if (ts !== null || timestamp === null) return ts;
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(timestamp)) return timestamp;
  const part = (at: number) => timestamp.slice(at, at + 2);
  return part(2) + part(5) + part(8) + part(11) + part(14) + part(17);
}

/**
 * An identifier in the form in which two spellings of it are equal: an e-mail address in lower case,
 * the digits of a telephone number with a plus sign. Other digits stay: they may be a customer's id.
 */
export function normalContact(text: string): string {
  const trimmed = text.trim();
  if (trimmed.includes('@')) return trimmed.toLowerCase();
  return /^\+[\d\s().-]+$/.test(trimmed) ? trimmed.replace(/\D/g, '') : trimmed;
}

function hashed(parts: readonly string[]): string {
  // Only a hostile part has a line feed, and it must not pass for two.
  const lines = parts.map((part) => (part.includes('\n') ? JSON.stringify(part) : part));
  return bytesToHex(sha256(utf8ToBytes(lines.join('\n')))).slice(0, 32);
}

/** Deeper levels of a hostile event do not count. */
const maxLevels = 500;

/** JSON as RFC 8785 defines it: sorted keys, no white space, numbers as ECMAScript writes them. */
function canonicalJson(value: unknown, level = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (level === maxLevels) return 'null';
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalJson(item, level + 1)).join(',')}]`;
  }
  // The default order is that of UTF-16 code units, as in the RFC.
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson((value as Fields)[key], level + 1)}`);
  return `{${members.join(',')}}`;
}
