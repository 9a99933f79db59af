import { problem } from '../../problems/problem.js';
import { isList, isObject, type Json, type JsonObject, withKey } from './json.js';

/** Keys and list positions from an event inwards: `payload_params.items.0.price_s`. */
export type EventPath = readonly string[];

const refused = new Set(['__proto__', 'constructor', 'prototype']);
/** No event that anyone sends has longer lists; a typo must not build one. */
const maxList = 10_000;

/**
 * Reads a path as typed: keys joined by dots, positions as `items.0` or `items[0]`, a dot that
 * belongs to a key as `\.`. `option` is for the wording of the problem.
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

/** Every path of an event, those of objects and lists before those inside them. */
export function* eventPaths(value: Json, base: EventPath = []): Generator<EventPath> {
  if (!isObject(value) && !isList(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const path = [...base, key];
    yield path;
    yield* eventPaths(inner, path);
  }
}

/** What stands at the path, or undefined when nothing does. */
export function valueAt(value: Json, path: EventPath): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) {
    if (here === undefined) return undefined;
    here = inside(here, key);
  }
  return here;
}

/**
 * A copy with the value at the path, and with the objects on the way to it where there are none.
 * Undefined when something else than an object or a list is in the way, or when a list would get a
 * hole: its next position is the last that can be written.
 */
export function withValueAt(value: Json, path: EventPath, set: Json): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return set;
  if (isObject(value)) {
    const inner = withValueAt(inside(value, key) ?? {}, rest, set);
    return inner === undefined ? undefined : withKey(value, key, inner);
  }
  if (!isList(value)) return undefined;
  const position = positionOf(key);
  if (position === undefined || position > value.length) return undefined;
  const inner = withValueAt(value[position] ?? {}, rest, set);
  return inner === undefined
    ? undefined
    : [...value.slice(0, position), inner, ...value.slice(position + 1)];
}

/** A copy without what stands at the path; undefined when nothing does. */
export function withoutValueAt(value: Json, path: EventPath): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined || inside(value, key) === undefined) return undefined;
  if (isList(value)) {
    const position = Number(key);
    const inner = rest.length === 0 ? [] : wrapped(withoutValueAt(value[position] ?? null, rest));
    return inner && [...value.slice(0, position), ...inner, ...value.slice(position + 1)];
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
  const position = positionOf(key);
  return position === undefined ? undefined : value[position];
}

function positionOf(key: string): number | undefined {
  const position = /^(0|[1-9]\d{0,5})$/.test(key) ? Number(key) : Number.NaN;
  return position < maxList ? position : undefined;
}

function wrapped(value: Json | undefined): [Json] | undefined {
  return value === undefined ? undefined : [value];
}
