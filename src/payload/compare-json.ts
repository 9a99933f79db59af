import { jsonChildren } from './json-children.js';
import { compactJson } from './json-text.js';

/** The way to a value, from the outermost one: keys of objects, and indexes of lists from 0. */
export type JsonPath = readonly (string | number)[];

/** A value that only one of two JSON texts has, or that differs. */
export interface Difference {
  readonly path: JsonPath;
  /** As JSON; null: there is none. */
  readonly one: string | null;
  readonly other: string | null;
  /** Both are a time or an id, which differ between any two events. */
  readonly folded: boolean;
}

/** Keys of times, and of ids of messages, devices and sendings. In lower case. */
const foldedKeys = new Set([
  'ts',
  'timestamp',
  'msgid',
  'activity_id',
  'token',
  'token_id',
  'guid',
  'userid',
]);
const dateTime = /^"\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
/** Deeper levels are compared as texts. */
const maxLevels = 100;

/**
 * Compares two JSON texts. Ignores the order of keys, and matches the elements of lists of objects by
 * their content before their position, so that two batches of the same events are equal in any order.
 * Numbers keep their digits. Both texts must be valid JSON.
 */
export function compareJson(one: string, other: string, path: JsonPath = []): Difference[] {
  const [kind, otherKind] = [kindOf(one), kindOf(other)];
  if (kind !== otherKind || kind === 'scalar' || path.length >= maxLevels) {
    if (compactJson(one) === compactJson(other)) return [];
    return [{ path, one, other, folded: isFolded(path, one, other) }];
  }
  return kind === 'object'
    ? compareObjects(one, other, path)
    : compareLists(childrenOf(one), childrenOf(other), path);
}

function compareObjects(one: string, other: string, path: JsonPath): Difference[] {
  const there = membersOf(other);
  const found: Difference[] = [];
  for (const [key, value] of membersOf(one)) {
    const match = there.get(key);
    there.delete(key);
    if (match === undefined) found.push(only(value, null, [...path, key]));
    else found.push(...compareJson(value, match, [...path, key]));
  }
  for (const [key, value] of there) found.push(only(null, value, [...path, key]));
  return found;
}

function compareLists(one: readonly string[], other: readonly string[], path: JsonPath) {
  const found: Difference[] = [];
  for (const [index, otherIndex] of pairs(one, other)) {
    const [value, match] = [one[index], other[otherIndex]];
    const at = [...path, value === undefined ? otherIndex : index];
    if (value === undefined) found.push(only(null, match ?? '', at));
    else if (match === undefined) found.push(only(value, null, at));
    else found.push(...compareJson(value, match, at));
  }
  return found;
}

/** The indexes of elements that belong together: equal ones, those alike, then the rest in order. */
function pairs(one: readonly string[], other: readonly string[]): [number, number][] {
  const found: [number, number][] = [];
  let left = one.map((_, index) => index);
  const there = new Set(other.map((_, index) => index));
  for (const nameOf of [compactJson, likeness]) {
    const byName = new Map<string, number[]>();
    for (const index of there) {
      const name = nameOf(other[index] ?? '');
      const indexes = byName.get(name);
      if (indexes) indexes.push(index);
      else byName.set(name, [index]);
    }
    left = left.filter((index) => {
      const match = byName.get(nameOf(one[index] ?? ''))?.shift();
      if (match === undefined) return true;
      there.delete(match);
      found.push([index, match]);
      return false;
    });
  }
  const rest = [...there];
  for (const [at, index] of left.entries()) found.push([index, rest[at] ?? other.length]);
  for (const index of rest.slice(left.length)) found.push([one.length, index]);
  return found.sort(([first, match], [next, nextMatch]) => first - next || match - nextMatch);
}

/** What two elements share that are about the same thing: an event's values without times and ids. */
function likeness(element: string): string {
  if (kindOf(element) !== 'object') return `scalar ${element}`;
  const kept = (text: string, level: number): string => {
    if (kindOf(text) !== 'object' || level > 1) return compactJson(text);
    const members = [...membersOf(text)].filter(([key]) => !foldedKeys.has(key.toLowerCase()));
    return members
      .map(([key, value]) => `${key}:${kept(value, level + 1)}`)
      .sort()
      .join(',');
  };
  return kept(element, 0);
}

function only(one: string | null, other: string | null, path: JsonPath): Difference {
  return { path, one, other, folded: false };
}

/** A time or an id of another kind is a difference. */
function isFolded(path: JsonPath, one: string, other: string): boolean {
  if (typeof JSON.parse(one) !== typeof JSON.parse(other)) return false;
  const key = path.at(-1);
  if (typeof key === 'string' && foldedKeys.has(key.toLowerCase())) return true;
  return (
    (dateTime.test(one) && dateTime.test(other)) ||
    // The elements of a list of tokens.
    (typeof key === 'number' && foldedKeys.has(String(path.at(-2)).toLowerCase()))
  );
}

function kindOf(json: string): 'object' | 'list' | 'scalar' {
  const first = json.trimStart().charAt(0);
  return first === '{' ? 'object' : first === '[' ? 'list' : 'scalar';
}

/** The last of repeated keys counts, as for JSON.parse. */
function membersOf(json: string): Map<string, string> {
  const members = new Map<string, string>();
  for (const { key = '', start, end } of jsonChildren(json)) {
    members.set(key, json.slice(start, end));
  }
  return members;
}

function childrenOf(json: string): string[] {
  return [...jsonChildren(json)].map(({ start, end }) => json.slice(start, end));
}

/** `netcore_hook_test[0].event_params.subject`; keys with other characters are quoted. */
export function pathText(path: JsonPath): string {
  return path
    .map((part, at) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\p{L}\p{N}_$-]+$/u.test(part)) return `[${JSON.stringify(part)}]`;
      return at === 0 ? part : `.${part}`;
    })
    .join('');
}
