import { type Channel, canonicalChannel } from '../../../payload/channels.js';
import { type DocumentedField, documentedField } from '../../../payload/documented-fields.js';
import { type JsonChild, jsonChildren } from '../../../payload/json-children.js';

/** The fields of one group of an event, like event_params. */
export interface FieldGroup {
  /** The key of the group; null for the event's own fields. */
  readonly name: string | null;
  /** null when undocumented. */
  readonly meaning: string | null;
  readonly fields: readonly EventField[];
}

export interface EventField {
  /** From the event inwards. */
  readonly path: readonly string[];
  /** The displayed path within its group: `items.0.price_s`. */
  readonly name: string;
  /** The value's original JSON. */
  readonly json: string;
  /** null when undocumented. */
  readonly meaning: string | null;
  /** A warning about this particular value. */
  readonly remark: string | null;
}

export interface EventFields {
  readonly groups: readonly FieldGroup[];
  /** Whether fields were omitted. */
  readonly cut: boolean;
}

const maxFields = 500;
const maxGroups = 50;
/** Nested objects and lists are split into fields down to this depth. */
const maxDepth = 4;
/** Other groups follow in the event's order. */
const groupOrder = ['event_params', 'payload_params', 'att_params', 'udt_params', 'custom_params'];

/**
 * Reads an event's JSON text as groups of fields. Anything but an object is one field without a
 * name.
 */
export function eventFields(json: string): EventFields {
  const text = json.trim();
  if (!text.startsWith('{')) {
    const field = { path: [], name: '', json: text, meaning: null, remark: null };
    return { groups: [{ name: null, meaning: null, fields: [field] }], cut: false };
  }
  const reading = { channel: undefined as Channel | undefined, count: 0 };
  const own: JsonChild[] = [];
  const inGroups: JsonChild[] = [];
  for (const child of jsonChildren(text)) {
    (isGroup(text, child) ? inGroups : own).push(child);
    if (child.key === 'channel') reading.channel = canonicalChannel(plainText(text, child));
  }
  const groups = inGroups
    .map((child) => ({ child, order: groupOrder.indexOf(child.key ?? '') }))
    .sort((a, b) => rank(a.order) - rank(b.order))
    .slice(0, maxGroups)
    .map(({ child }) => groupOf(text, child, reading));
  const fields = own.flatMap((child) => fieldsOf(text, child, [], reading));
  const all = fields.length > 0 ? [{ name: null, meaning: null, fields }, ...groups] : groups;
  const cut = reading.count > maxFields || inGroups.length > maxGroups;
  return { groups: all.map(withRemarks), cut };
}

/**
 * The display form of a JSON value: strings without quotes, anything else verbatim, at most `maxLength`
 * characters of JSON.
 */
export function shownValue(json: string, maxLength = Number.POSITIVE_INFINITY): string {
  if (!json.startsWith('"')) return json.slice(0, maxLength);
  if (json.length <= maxLength) return String(JSON.parse(json));
  // The cut may split an escape, which is then dropped.
  for (let end = maxLength; end > maxLength - 6; end -= 1) {
    try {
      return String(JSON.parse(`${json.slice(0, end)}"`));
    } catch {}
  }
  return '';
}

interface Reading {
  channel: Channel | undefined;
  count: number;
}

function groupOf(text: string, child: JsonChild, reading: Reading): FieldGroup {
  const path = [child.key ?? ''];
  const json = text.slice(child.start, child.end);
  const fields = childrenOf(json, path, reading);
  const known = documentedField(path);
  return {
    name: child.key ?? '',
    meaning: known ? meaningFor(known, reading.channel) : null,
    fields,
  };
}

function childrenOf(json: string, path: readonly string[], reading: Reading): EventField[] {
  const fields: EventField[] = [];
  let index = 0;
  for (const child of jsonChildren(json)) {
    fields.push(...fieldsOf(json, { ...child, key: child.key ?? String(index) }, path, reading));
    index += 1;
    if (reading.count > maxFields) break;
  }
  return fields;
}

/** A value as one field, or the fields within it. */
function fieldsOf(
  text: string,
  { key = '', start, end }: JsonChild,
  outer: readonly string[],
  reading: Reading,
): EventField[] {
  const path = [...outer, key];
  const json = text.slice(start, end);
  if (/^[{[]/.test(json) && path.length < maxDepth && path.length > 1) {
    const inner = childrenOf(json, path, reading);
    if (inner.length > 0) return inner;
  }
  reading.count += 1;
  if (reading.count > maxFields) return [];
  const known = documentedField(path) ?? ofList(path);
  const meaning = known ? meaningFor(known, reading.channel) : null;
  return [
    { path, name: path.slice(outer.length > 0 ? 1 : 0).join('.'), json, meaning, remark: null },
  ];
}

/** A list's documentation applies to its elements. */
function ofList(path: readonly string[]): DocumentedField | undefined {
  return /^\d+$/.test(path.at(-1) ?? '') ? documentedField(path.slice(0, -1)) : undefined;
}

function meaningFor({ meaning, channels }: DocumentedField, channel: Channel | undefined): string {
  if (channel === undefined || channels.includes(channel)) return meaning;
  return `${meaning} Documented for ${channels.join(', ')} only.`;
}

function withRemarks(group: FieldGroup): FieldGroup {
  const counts = new Map<string, number>();
  for (const { name } of group.fields) counts.set(name, (counts.get(name) ?? 0) + 1);
  const timestamp = group.fields.find(({ name }) => name === 'timestamp');
  return {
    ...group,
    fields: group.fields.map((field) => ({
      ...field,
      remark:
        (counts.get(field.name) ?? 0) > 1
          ? 'This key is repeated; most JSON parsers keep only the last value.'
          : remarkOn(field, timestamp),
    })),
  };
}

function remarkOn(field: EventField, timestamp: EventField | undefined): string | null {
  const value = shownValue(field.json);
  switch (field.path.join('.')) {
    case 'event_params.ts':
      return remarkOnTs(value, timestamp && shownValue(timestamp.json));
    case 'msgid':
      return value === '-1'
        ? 'No message has this number. Other receivers have seen it, too.'
        : remarkOnNumber(field.json);
    default:
      return remarkOnNumber(field.json);
  }
}

function remarkOnNumber(json: string): string | null {
  return beyondDoubles(json)
    ? 'Too large for a JavaScript number: JSON.parse would round it.'
    : null;
}

function remarkOnTs(ts: string, timestamp: string | undefined): string {
  const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(ts);
  if (!match) return 'This is not YYMMDDHHMMSS.';
  const [, year, month, day, hour, minute, second] = match;
  const moment = `20${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const written = `Reads ${moment.replace('T', ' ')}.`;
  return timestamp === undefined || timestamp === moment
    ? written
    : `${written} The timestamp differs.`;
}

function beyondDoubles(json: string): boolean {
  return /^-?\d{16,}$/.test(json) && String(Number(json)) !== json;
}

function isGroup(text: string, { key = '', start }: JsonChild): boolean {
  return text[start] === '{' || (text[start] === '[' && key.endsWith('_params'));
}

function plainText(text: string, { start, end }: JsonChild): string {
  return shownValue(text.slice(start, end));
}

function rank(order: number): number {
  return order === -1 ? groupOrder.length : order;
}
