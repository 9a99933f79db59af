import {
  type EventBatch,
  eventBatches,
  isList,
  keyOf,
  maxSortedPanels,
  panelLists,
} from './event-batches.js';
import { type MemberAt, openBrace, textBetween } from './json-bytes.js';
import { isBlank, JsonScanner } from './json-scanner.js';

/** The structure of a payload's JSON. */
export type PayloadShape =
  | {
      readonly kind: 'panels';
      /** All batches of its events, read again on each call. */
      readonly batches: () => Iterable<EventBatch>;
      /** The number of keys without a list, and the first of them. */
      readonly odd: number;
      readonly firstOdd: OddPanel | undefined;
      readonly lists: number;
    }
  | { readonly kind: 'other'; readonly value: unknown }
  | { readonly kind: 'broken' };

interface OddPanel {
  readonly panel: string;
  /** Its value; objects and lists are emptied. */
  readonly value: unknown;
}

/** Bytes to scan in one step, so that a busy thread can do other work in between. */
const stepBytes = 256 * 1024;

/** Finds the panels in a payload's JSON, which must be UTF-8. */
export function* payloadShape(json: Uint8Array): Generator<undefined, PayloadShape> {
  let members: MemberAt[] | undefined = [];
  let lists = 0;
  let odd = 0;
  let oddMember: MemberAt | undefined;
  const scanner = new JsonScanner(json, (member) => {
    if (isList(json, member)) lists += 1;
    else {
      odd += 1;
      oddMember ??= member;
    }
    if (members && members.length < maxSortedPanels) members.push(member);
    else members = undefined;
  });
  for (;;) {
    const found = scanner.run(stepBytes);
    if (found === 'broken') return { kind: 'broken' };
    if (found === 'sound') break;
    yield;
  }
  let start = 0;
  while (isBlank(json[start] as number)) start += 1;
  if (json[start] !== openBrace) return { kind: 'other', value: valueAt(json, start, json.length) };
  const sorted = members;
  return {
    kind: 'panels',
    *batches() {
      for (const list of panelLists(json, start, sorted)) yield* eventBatches(json, list);
    },
    odd,
    firstOdd: oddMember && {
      panel: keyOf(json, oddMember),
      value: valueAt(json, oddMember.start, oddMember.end),
    },
    lists,
  };
}

/** Only the kind of the value matters. */
function valueAt(json: Uint8Array, start: number, end: number): unknown {
  switch (json[start]) {
    case openBrace:
      return {};
    case 0x5b:
      return [];
    case 0x22:
      return '';
    default:
      return JSON.parse(textBetween(json, start, end));
  }
}
