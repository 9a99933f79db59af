import {
  type MemberAt,
  membersOf,
  nextChild,
  openBrace,
  openBracket,
  textBetween,
  valueEnd,
} from './json-bytes.js';

/** Some events that stand next to each other in a panel's list. */
export interface EventBatch {
  readonly panel: string;
  /** What `summarize` needs of each event. */
  readonly values: readonly unknown[];
  /** The events as a JSON list; undefined for one that is too large to be parsed whole. */
  readonly text: string | undefined;
}

/** Where the lists of a payload's panels stand in its JSON. */
export interface PanelList {
  readonly panel: string;
  readonly start: number;
}

/** Events are parsed together up to so many bytes; a larger one alone, and only what is needed. */
const batchBytes = 32 * 1024;
/** Thousands of tiny events that live at once make V8 give new objects several times the room. */
const batchEvents = 500;

/**
 * The events of one panel's list, which begins at `start` in sound JSON. However many there are and
 * however large they are, no more is held than some tens of kilobytes.
 */
export function* eventBatches(
  json: Uint8Array,
  { panel, start }: PanelList,
): Generator<EventBatch> {
  for (let at = nextChild(json, start + 1); at < json.length; ) {
    let end = valueEnd(json, at);
    let next = nextChild(json, end);
    if (end - at > batchBytes) {
      yield { panel, values: [fieldsOfLarge(json, at)], text: undefined };
    } else {
      for (let events = 1; events < batchEvents && next < json.length; events += 1) {
        const nextEnd = valueEnd(json, next);
        if (nextEnd - at > batchBytes) break;
        end = nextEnd;
        next = nextChild(json, end);
      }
      const text = `[${textBetween(json, at, end)}]`;
      yield { panel, values: JSON.parse(text) as unknown[], text };
    }
    at = next;
  }
}

/** Members that a summary reads, and the groups that it reads them from. */
const groups = ['event_params', 'att_params'] as const;
const wanted: ReadonlySet<string> = new Set([
  ...groups,
  'channel',
  'event',
  'msgid',
  'journey_name',
  'asset_name',
  'activity_name',
  'foreignkey',
  'email',
  'mobile',
  'EMAIL',
  'MOBILE',
  'camp_name',
  'name',
  'timestamp',
  'ts',
]);

/** A key of more bytes is none that is wanted, however it is escaped. */
const maxKeyBytes = 100;
/** Of a longer text only its beginning is read: nobody types it to look for it. */
const maxTextBytes = 128 * 1024;
const cutTextBytes = 4000;

/** Of a large event the members that a summary reads, and nothing else. */
function fieldsOfLarge(json: Uint8Array, start: number, level = 0): unknown {
  if (json[start] !== openBrace) return undefined;
  const fields: Record<string, unknown> = Object.create(null);
  for (const member of membersOf(json, start)) {
    if (member.keyEnd - member.keyStart > maxKeyBytes) continue;
    const key = JSON.parse(textBetween(json, member.keyStart, member.keyEnd)) as string;
    if (!wanted.has(key)) continue;
    const group = level === 0 && groups.some((name) => name === key);
    fields[key] = group ? fieldsOfLarge(json, member.start, 1) : scalarAt(json, member);
  }
  return fields;
}

function scalarAt(json: Uint8Array, member: { start: number; end: number }): unknown {
  const { start, end } = member;
  const first = json[start] as number;
  if (first === openBrace || first === openBracket) return undefined;
  if (end - start > maxTextBytes) return textBetween(json, start + 1, start + cutTextBytes);
  const text = textBetween(json, start, end);
  const value: unknown = JSON.parse(text);
  // Digits that a double would change stay as they are written.
  return typeof value === 'number' && String(value) !== text ? text : value;
}

/** More panels than this are taken in the order in which they stand, repeated ones several times. */
export const maxSortedPanels = 50_000;

/**
 * The lists of events of a payload in the order and choice of `JSON.parse`: names that are numbers
 * come first, and of a repeated name the last list counts. `members` are those of its outermost
 * object, which begins at `start`; undefined: there are more than can be sorted.
 */
export function* panelLists(
  json: Uint8Array,
  start: number,
  members: readonly MemberAt[] | undefined,
): Generator<PanelList> {
  if (members === undefined) {
    for (const member of membersOf(json, start)) {
      const holdsEvents = isList(json, member) && nextChild(json, member.start + 1) < json.length;
      if (holdsEvents) yield { panel: keyOf(json, member), start: member.start };
    }
    return;
  }
  const sorted = Object.fromEntries(members.map((member) => [keyOf(json, member), member]));
  for (const [panel, member] of Object.entries(sorted)) {
    if (isList(json, member)) yield { panel, start: member.start };
  }
}

export function keyOf(json: Uint8Array, { keyStart, keyEnd }: MemberAt): string {
  return String(JSON.parse(textBetween(json, keyStart, keyEnd)));
}

export function isList(json: Uint8Array, { start }: MemberAt): boolean {
  return json[start] === openBracket;
}
