import { problem } from '../problems/problem.js';
import type { DecodeRequest, ReplayRequest, SendRequest } from './api.js';
import type { CallFilter } from './source.js';

const lists = [
  'channel',
  'event',
  'panel',
  'msgid',
  'who',
  'key',
  'webhook',
  'journey',
  'status',
  'outcome',
] as const;
const words = ['text', 'since', 'until'] as const;

/** The filter in a query; ignores empty values. */
export function readFilter(query: URLSearchParams): CallFilter {
  const filter: Record<string, string | string[]> = {};
  for (const name of lists) {
    const values = query.getAll(name).filter((value) => value.replaceAll(/[\s,]/g, '') !== '');
    if (values.length > 0) filter[name] = values;
  }
  for (const name of words) {
    const value = query.get(name);
    if (value) filter[name] = value;
  }
  return filter;
}

/** A whole number in a query, capped at `max`. */
export function readNumber(
  query: URLSearchParams,
  name: string,
  { defaultValue, max }: { readonly defaultValue: number; readonly max: number },
): number {
  const value = query.get(name);
  if (value === null || value === '') return defaultValue;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (number >= 1) return Math.min(number, max);
  throw wrong(name, 'a whole number from 1');
}

export function readReplayRequest(body: unknown): ReplayRequest {
  const fields = fieldsOf(body);
  return {
    to: needed(fields, 'to'),
    ...optional(fields, 'auth', isText),
    ...optional(fields, 'event', isCount),
    ...optional(fields, 'beyondLoopback', isBoolean),
  };
}

export function readSendRequest(body: unknown): SendRequest {
  const fields = fieldsOf(body);
  return {
    channel: needed(fields, 'channel'),
    activity: needed(fields, 'activity'),
    ...optional(fields, 'to', isText),
    ...optional(fields, 'auth', isText),
  };
}

export function readDecodeRequest(body: unknown): DecodeRequest {
  const { text } = fieldsOf(body);
  if (typeof text !== 'string') throw wrong('text', 'text');
  return { text };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw problem('inspector_unreadable', { reason: 'its body is not an object' });
  }
  return body as Fields;
}

function needed(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw wrong(name, 'text');
}

interface Kind<T> {
  readonly is: (value: unknown) => value is T;
  readonly called: string;
}

/** The field, if present. */
function optional<N extends string, T>(fields: Fields, name: N, kind: Kind<T>): { [K in N]?: T } {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined || value === null || value === '') return {};
  if (!kind.is(value)) throw wrong(name, kind.called);
  return { [name]: value } as { [K in N]?: T };
}

const isText: Kind<string> = {
  is: (value): value is string => typeof value === 'string',
  called: 'text',
};
const isBoolean: Kind<boolean> = {
  is: (value): value is boolean => typeof value === 'boolean',
  called: 'true or false',
};
const isCount: Kind<number> = {
  is: (value): value is number => Number.isSafeInteger(value) && Number(value) >= 1,
  called: 'a whole number from 1',
};

export function wrong(name: string, wanted: string): Error {
  return problem('inspector_unreadable', { reason: `${name} is not ${wanted}` });
}
