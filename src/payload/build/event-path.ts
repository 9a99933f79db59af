import { problem } from '../../problems/problem.js';
import { isList, isObject, type Json, type JsonObject, withKey } from './json.js';

/** Keys and list indexes from an event inwards: `payload_params.items.0.price_s`. */
export type EventPath = readonly string[];

const refused = new Set(['__proto__', 'constructor', 'prototype']);
/** Real events have no longer lists; a typo must not build one. */
const maxList = 10_000;

/**
 * Parses a typed path: keys joined by dots, indexes as `items.0` or `items[0]`, a literal dot as
 * `\.`. `option` is the name for problems.
 */
export function readEventPath(option: string, typed: string): EventPath {
  const path = typed
    .replace(/\[(\d+)\]/g, '.$1')
    .split(/(?<!\\)\./)
    .map((key) => key.replaceAll('\\.', '.'));
  const invalid = (reason: string) =>
    problem('invalid_value', {
      what: option,
      value: typed,
      reason,
      hint: 'Write a path like event_params.email or payload_params.items.0.price_s.',
    });
  if (path.some((key) => key === '')) throw invalid('a part of the path is empty');
  const bad = path.find((key) => refused.has(key));
  if (bad !== undefined) throw invalid(`${bad} cannot be a key of a payload`);
  return path;
}

export function writeEventPath(path: EventPath): string {
  return path.map((key) => key.replaceAll('.', '\\.')).join('.');
}

/** Every path of an event, parents before children. */
export function* eventPaths(value: Json, base: EventPath = []): Generator<EventPath> {
  if (!isObject(value) && !isList(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const path = [...base, key];
    yield path;
    yield* eventPaths(inner, path);
  }
}

/** The value at the path, or undefined. */
export function valueAt(value: Json, path: EventPath): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) {
    if (here === undefined) return undefined;
    here = inside(here, key);
  }
  return here;
}

/**
 * A copy with the value at the path; creates missing objects. Undefined when the path crosses
 * another type, or would leave a hole in a list: only its next index may be added.
 */
export function withValueAt(value: Json, path: EventPath, set: Json): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return set;
  if (isObject(value)) {
    const inner = withValueAt(inside(value, key) ?? {}, rest, set);
    return inner === undefined ? undefined : withKey(value, key, inner);
  }
  if (!isList(value)) return undefined;
  const index = indexOf(key);
  if (index === undefined || index > value.length) return undefined;
  const inner = withValueAt(value[index] ?? {}, rest, set);
  return inner === undefined
    ? undefined
    : [...value.slice(0, index), inner, ...value.slice(index + 1)];
}

/** A copy without the value at the path; undefined when there is none. */
export function withoutValueAt(value: Json, path: EventPath): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined || inside(value, key) === undefined) return undefined;
  if (isList(value)) {
    const index = Number(key);
    const inner = rest.length === 0 ? [] : wrapped(withoutValueAt(value[index] ?? null, rest));
    return inner && [...value.slice(0, index), ...inner, ...value.slice(index + 1)];
  }
  if (!isObject(value)) return undefined;
  if (rest.length > 0) {
    const inner = withoutValueAt(value[key] ?? null, rest);
    return inner === undefined ? undefined : withKey(value, key, inner);
  }
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as JsonObject;
}

function inside(value: Json, key: string): Json | undefined {
  if (isObject(value)) return Object.hasOwn(value, key) ? value[key] : undefined;
  if (!isList(value)) return undefined;
  const index = indexOf(key);
  return index === undefined ? undefined : value[index];
}

function indexOf(key: string): number | undefined {
  const index = /^(0|[1-9]\d{0,5})$/.test(key) ? Number(key) : Number.NaN;
  return index < maxList ? index : undefined;
}

function wrapped(value: Json | undefined): [Json] | undefined {
  return value === undefined ? undefined : [value];
}
