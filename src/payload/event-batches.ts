import {
  type MemberAt,
  membersOf,
  nextChild,
  openBrace,
  openBracket,
  textBetween,
  valueEnd,
} from './json-bytes.js';

/** Consecutive events in a panel's list. */
export interface EventBatch {
  readonly panel: string;
  /** The members that `summarize` needs of each event. */
  readonly values: readonly unknown[];
  /** The events as a JSON list; undefined for a large event, of which `values` has only some members. */
  readonly text: string | undefined;
  /** Parses a large event; undefined: it is too large. */
  readonly parseLarge?: () => unknown;
}

/** The position of a panel's list in a payload's JSON. */
export interface PanelList {
  readonly panel: string;
  readonly start: number;
}

/** Events are parsed together up to this size; a larger one alone, and only its needed members. */
const batchBytes = 32 * 1024;
/** With thousands of tiny live events, V8 enlarges its young generation several times. */
const batchEvents = 500;
/** A larger event has no key. */
const maxWholeBytes = 1024 * 1024;

/**
 * The events of one panel's list, which begins at `start` in valid JSON. Holds at most some tens of
 * kilobytes, for any number and size of events.
 */
export function* eventBatches(
  json: Uint8Array,
  { panel, start }: PanelList,
): Generator<EventBatch> {
  for (let at = nextChild(json, start + 1); at < json.length; ) {
    let end = valueEnd(json, at);
    let next = nextChild(json, end);
    if (end - at > batchBytes) {
      const values = [fieldsOfLarge(json, at)];
      const parseLarge = () =>
        end - at > maxWholeBytes ? undefined : (JSON.parse(textBetween(json, at, end)) as unknown);
      yield { panel, values, text: undefined, parseLarge };
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

/** The members that a summary reads, and their groups. */
const groups = ['event_params', 'att_params', 'custom_params'] as const;
const wanted: ReadonlySet<string> = new Set([
  ...groups,
  'channel',
  'event',
  'msgid',
  'journey_name',
  'asset_name',
  'activity_name',
  'foreignkey',
  'identity',
  'userid',
  'url',
  'linkid',
  'email',
  'mobile',
  'EMAIL',
  'MOBILE',
  'camp_name',
  'name',
  'timestamp',
  'ts',
]);

/** A longer key cannot be a wanted one, however it is escaped. */
const maxKeyBytes = 100;
/** Cuts longer texts, which no search needs in full. */
const maxTextBytes = 128 * 1024;
const cutTextBytes = 4000;

/** Reads only the members of a large event that a summary needs. */
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
  // Keeps digits that a double would change as text.
  return typeof value === 'number' && String(value) !== text ? text : value;
}

/** Above this number, panels are read in file order, including repeated ones. */
export const maxSortedPanels = 50_000;

/**
 * The event lists of a payload in the order of `JSON.parse`: numeric names first, and the last list
 * of a repeated name. `members` are those of the outermost object, which begins at `start`;
 * undefined: too many to sort.
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
