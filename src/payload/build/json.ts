import { isLosslessNumber, type LosslessNumber, parse, stringify } from 'lossless-json';

/**
 * A JSON value that keeps the digits of its numbers; those of our own samples may be plain numbers.
 */
export type Json = string | number | boolean | null | LosslessNumber | JsonList | JsonObject;
export type JsonList = readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Parses JSON text so that `jsonText` writes every number with its original digits. The last of
 * repeated keys counts. Throws a SyntaxError.
 */
export function readJson(text: string): Json {
  return parse(text, null, { onDuplicateKey: ({ newValue }) => newValue }) as Json;
}

export function jsonText(value: Json): string {
  // V8 writes in a fifth of the time, but not the digits of a LosslessNumber.
  return (isPlain(value) ? JSON.stringify(value) : stringify(value)) ?? 'null';
}

function isPlain(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (isLosslessNumber(value)) return false;
  for (const key in value) if (!isPlain((value as JsonObject)[key] ?? null)) return false;
  return true;
}

export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)
  );
}

export function isList(value: unknown): value is JsonList {
  return Array.isArray(value);
}

export function isNumber(value: unknown): value is number | LosslessNumber {
  return typeof value === 'number' || isLosslessNumber(value);
}

/** Sets a key in a copy. Also correct for `__proto__`, which an assignment would lose. */
export function withKey(object: JsonObject, key: string, value: Json): JsonObject {
  return { ...object, [key]: value };
}
