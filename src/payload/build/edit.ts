import { LosslessNumber } from 'lossless-json';
import { problem } from '../../problems/problem.js';
import { type EventPath, readEventPath, writeEventPath } from './event-path.js';
import { isList, isNumber, isObject, type Json, readJson } from './json.js';

/** A change to every event that has the path. */
export type Edit =
  | { readonly kind: 'set' | 'add'; readonly path: EventPath; readonly value: EditValue }
  | { readonly kind: 'unset'; readonly path: EventPath };

/** `path=text` keeps the type of the old value; `path:=json` sets its own. */
export type EditValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly json: Json };

/** Parses the value of `--set`, `--add` or `--unset`. */
export function readEdit(kind: Edit['kind'], typed: string): Edit {
  const option = `--${kind}`;
  if (kind === 'unset') return { kind, path: readEventPath(option, typed) };
  const equals = typed.indexOf('=');
  if (equals < 1) {
    throw problem('invalid_value', {
      what: option,
      value: typed,
      reason: 'it is not path=value',
      hint: `Write it like ${option} event_params.email=asha@example.com.`,
    });
  }
  const isJson = typed[equals - 1] === ':';
  const path = readEventPath(option, typed.slice(0, isJson ? equals - 1 : equals));
  const text = typed.slice(equals + 1);
  if (!isJson) return { kind, path, value: { kind: 'text', text } };
  try {
    return { kind, path, value: { kind: 'json', json: readJson(text) } };
  } catch (error) {
    const hint = `Text is set with ${option} ${writeEventPath(path)}=${text}.`;
    const reason = 'what follows := is not JSON';
    throw problem('invalid_value', { what: option, value: typed, reason, hint }, error);
  }
}

/** The value to replace `old`, of the same type unless given as JSON. */
export function replacement(edit: Edit & { value: EditValue }, old: Json | undefined): Json {
  const { value } = edit;
  if (value.kind === 'json') return value.json;
  if (old === undefined || old === null || typeof old === 'string') return value.text;
  const typed = jsonOrNothing(value.text);
  if (isNumber(old)) {
    if (isNumber(typed)) return new LosslessNumber(value.text.trim());
  } else if (typeof old === 'boolean') {
    if (typeof typed === 'boolean') return typed;
  } else if (typed !== undefined && (isList(old) ? isList(typed) : isObject(typed))) return typed;
  const path = writeEventPath(edit.path);
  throw problem('invalid_value', {
    what: `--${edit.kind} ${path}`,
    value: value.text,
    reason: `the current value is ${nameOfType(old)}, and the type cannot change`,
    hint: `To change the type, pass JSON: --${edit.kind} '${path}:=${JSON.stringify(value.text)}'.`,
  });
}

function jsonOrNothing(text: string): Json | undefined {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

function nameOfType(value: Json): string {
  if (isNumber(value)) return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  return isList(value) ? 'a list' : 'an object';
}
