import { canonicalChannel } from './channels.js';
import type { EventBatch } from './event-batches.js';
import {
  activityText,
  canonicalName,
  contactOf,
  exactKey,
  fieldsOf,
  keyTime,
  linkOf,
  plainText,
} from './event-key.js';
import { quoteLargeNumbers } from './json-numbers.js';
import type { EventDetail, IdentifiedEvent, Payload } from './payload.js';

/**
 * Summarizes each event, in the payload's order. Anything in place of an event is summarized as far
 * as possible: null and text count as empty events. With the payload's JSON `text`, numbers keep
 * their digits (`9007199254740993`).
 */
export function summarizeEvents(
  payload: Payload,
  text?: string,
  detail: EventDetail = 'summary',
): IdentifiedEvent[] {
  const values = eventsOf(payload);
  const seen = { largeNumber: false, detail };
  const summaries = values.map(([panel, event]) => summarize(panel, event, seen));
  // Rare, so most payloads are parsed once.
  if (!seen.largeNumber || text === undefined) return summaries;
  const quoted = eventsOf(JSON.parse(quoteLargeNumbers(text)) as Payload);
  return quoted.map(([panel, event], index) => summarize(panel, event, seen, values[index]?.[1]));
}

export function summarizeBatch(
  { panel, values, text, parseLarge }: EventBatch,
  detail: EventDetail = 'summary',
): IdentifiedEvent[] {
  if (detail === 'keys' && parseLarge) {
    const event = parseLarge();
    const parsed = [event ?? values[0]];
    const seen: Seen = { largeNumber: false, detail: event === undefined ? 'labels' : detail };
    return parsed.map((value) => summarize(panel, value, seen));
  }
  const seen = { largeNumber: false, detail };
  const summaries = values.map((value) => summarize(panel, value, seen));
  if (!seen.largeNumber || text === undefined) return summaries;
  const quoted = JSON.parse(quoteLargeNumbers(text)) as unknown[];
  return quoted.map((value, index) => summarize(panel, value, seen, values[index]));
}

interface Seen {
  largeNumber: boolean;
  readonly detail: EventDetail;
}

function eventsOf(payload: Payload): (readonly [panel: string, event: unknown])[] {
  return Object.entries(payload).flatMap(([panel, events]) =>
    Array.isArray(events)
      ? (events as readonly unknown[]).map((event) => [panel, event] as const)
      : [],
  );
}

/** `unquoted`: the event as parsed without quoting its numbers, for the key. */
function summarize(
  panel: string,
  event: unknown,
  seen: Seen,
  unquoted: unknown = event,
): IdentifiedEvent {
  const known = seen.detail === 'keys' ? keyFields(panel, event, unquoted) : {};
  if (typeof event !== 'object' || event === null) return { ...emptySummary, panel, ...known };
  const fields = fieldsOf(event);
  const params = fieldsOf(fields.event_params);
  const attributes = fieldsOf(fields.att_params);
  const text = (value: unknown) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) seen.largeNumber = true;
    return plainText(value);
  };
  const channelText = text(fields.channel);
  const channel = channelText === null ? undefined : canonicalChannel(channelText);
  const isCustom = channel === 'custom_activity';
  const raw = activityText(fields, params, isCustom, text);
  const activity = raw === null ? null : canonicalName(raw, isCustom);
  const ts = text(params.ts);
  const timestamp = text(params.timestamp);
  return {
    panel,
    channel: channel ?? channelText ?? '',
    activity,
    event: raw,
    msgid: text(fields.msgid),
    who: contactOf(params, attributes, fields, text),
    name: text(params.camp_name) ?? text(params.name) ?? text(fields.journey_name),
    time: timestamp ?? writtenOut(ts),
    keyTime: keyTime(ts, timestamp),
    link: linkOf(activity, params, text),
    ...(seen.detail !== 'summary'
      ? {
          ...known,
          ids: idsOf([fields, params, attributes, fields.custom_params], text),
          webhook: text(fields.webhook_name),
          journey: text(fields.journey_name),
        }
      : {}),
  };
}

function keyFields(panel: string, event: unknown, unquoted: unknown) {
  const { key, weak } = exactKey(panel, event, unquoted);
  return { key, weakKey: weak };
}

/** Keys that identify a contact, in lower case. */
const idKeys = new Set([
  'foreignkey',
  'email',
  'mobile',
  'phone',
  'identity',
  'userid',
  'user_id',
  'customer_id',
  'guid',
]);

function idsOf(groups: readonly unknown[], text: (value: unknown) => string | null): string[] {
  return groups
    .flatMap((group) => Object.entries(fieldsOf(group)))
    .flatMap(([key, value]) => (idKeys.has(key.toLowerCase()) ? (text(value) ?? []) : []));
}

const emptySummary = {
  panel: '',
  channel: '',
  activity: null,
  event: null,
  msgid: null,
  who: null,
  name: null,
  time: null,
  keyTime: null,
  link: null,
} as const satisfies IdentifiedEvent;

/** Writes `ts` (YYMMDDHHMMSS) like `timestamp`; keeps anything else. */
function writtenOut(ts: string | null): string | null {
  const match = ts === null ? null : /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(ts);
  if (!match) return ts;
  const [, year, month, day, hour, minute, second] = match;
  return `20${year}-${month}-${day}T${hour}:${minute}:${second}`;
}
