import { canonicalActivity, canonicalChannel } from './channels.js';
import type { EventBatch } from './event-batches.js';
import { quoteLargeNumbers } from './json-numbers.js';
import type { EventSummary, IdentifiedEvent, Payload } from './payload.js';

/**
 * Summarizes each event, in the payload's order. Anything in place of an event is summarized as far
 * as possible: null and text count as empty events. With the payload's JSON `text`, numbers keep
 * their digits (`9007199254740993`).
 */
export function summarizeEvents(
  payload: Payload,
  text?: string,
  withIds = false,
): IdentifiedEvent[] {
  const seen = { largeNumber: false, withIds };
  const summaries = summarizeAll(payload, seen);
  // Rare, so most payloads are parsed once.
  if (!seen.largeNumber || text === undefined) return summaries;
  return summarizeAll(JSON.parse(quoteLargeNumbers(text)) as Payload, seen);
}

export function summarizeBatch(
  { panel, values, text }: EventBatch,
  withIds = false,
): IdentifiedEvent[] {
  const seen = { largeNumber: false, withIds };
  const summaries = values.map((value) => summarize(panel, value, seen));
  if (!seen.largeNumber || text === undefined) return summaries;
  const quoted = JSON.parse(quoteLargeNumbers(text)) as unknown[];
  return quoted.map((value) => summarize(panel, value, seen));
}

interface Seen {
  largeNumber: boolean;
  readonly withIds: boolean;
}

function summarizeAll(payload: Payload, seen: Seen): IdentifiedEvent[] {
  const summaries: EventSummary[] = [];
  for (const [panel, events] of Object.entries(payload)) {
    if (!Array.isArray(events)) continue;
    for (const event of events as readonly unknown[]) summaries.push(summarize(panel, event, seen));
  }
  return summaries;
}

function summarize(panel: string, event: unknown, seen: Seen): IdentifiedEvent {
  if (typeof event !== 'object' || event === null) return { ...emptySummary, panel };
  const fields = fieldsOf(event);
  const params = fieldsOf(fields.event_params);
  const attributes = fieldsOf(fields.att_params);
  const text = (value: unknown) => textOf(value, seen);
  const channelText = text(fields.channel);
  const channel = channelText === null ? undefined : canonicalChannel(channelText);
  const raw =
    channel === 'custom_activity'
      ? (text(params.asset_name) ?? text(params.activity_name) ?? text(fields.event))
      : text(fields.event);
  return {
    panel,
    channel: channel ?? channelText ?? '',
    activity: raw === null || channel === 'custom_activity' ? raw : (canonicalActivity(raw) ?? raw),
    event: raw,
    msgid: text(fields.msgid),
    who:
      text(params.foreignkey) ??
      text(params.email) ??
      text(attributes.EMAIL) ??
      text(params.mobile) ??
      text(attributes.MOBILE),
    name: text(params.camp_name) ?? text(params.name) ?? text(fields.journey_name),
    time: text(params.timestamp) ?? writtenOut(text(params.ts)),
    ...(seen.withIds
      ? { ids: idsOf([fields, params, attributes, fields.custom_params], text) }
      : {}),
  };
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
} as const satisfies EventSummary;

type Fields = Readonly<Record<string, unknown>>;
const noFields: Fields = {};

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : noFields;
}

function textOf(value: unknown, seen: Seen): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) seen.largeNumber = true;
    return String(value);
  }
  return typeof value === 'boolean' ? String(value) : null;
}

/** Writes `ts` (YYMMDDHHMMSS) like `timestamp`; keeps anything else. */
function writtenOut(ts: string | null): string | null {
  const match = ts === null ? null : /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(ts);
  if (!match) return ts;
  const [, year, month, day, hour, minute, second] = match;
  return `20${year}-${month}-${day}T${hour}:${minute}:${second}`;
}
