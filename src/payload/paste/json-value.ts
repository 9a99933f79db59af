import { jsonChildren, nestsDeeper } from '../json-children.js';
import { findJsonFault, maxJsonDepth } from '../json-fault.js';
import { compactJson } from '../json-text.js';
import { kindOf } from '../value-kind.js';
import { textOfBytes } from './dumps.js';
import { spend } from './effort.js';
import { whoseJson } from './foreign.js';
import { failed, found, joined, nothing, type Reading, readEach } from './reading.js';
import { layered, part, peeled, type Source, spendPasses } from './source.js';

/** Reads any text; applied to strings within JSON. */
export type ReadText = (source: Source) => Reading;

/**
 * Reads valid JSON: a payload, a container of payloads (an envelope, a list, a string), or neither.
 * Undefined when it is not JSON. Valid JSON is not decoded further.
 */
export function readJson(source: Source, readText: ReadText): Reading | undefined {
  if (!looksWhole(source.text)) return undefined;
  spend(source.effort, costOfJson + source.text.length * 2);
  // JSON.parse takes a hundred bytes of memory for every level, even for invalid text.
  if (source.text.length > maxJsonDepth && nestsDeeper(source.text, maxJsonDepth)) {
    if (findJsonFault(source.text)?.kind !== 'too_deep') return undefined;
    return failed('payload_too_deep', () => ({ limit: maxJsonDepth }));
  }
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch {
    spend(source.effort, costOfError);
    return undefined;
  }
  return judge(value, source, readText, 0);
}

/** Whether a text begins and ends like JSON; a cheap check, since most texts do not. */
function looksWhole(text: string): boolean {
  const last = text.charAt(text.length - 1);
  switch (text.charAt(0)) {
    case '{':
      return last === '}';
    case '[':
      return last === ']';
    case '"':
      return last === '"' && text.length > 1;
    default:
      return text.length < 400 && /^(?:-?\d|true$|false$|null$)/.test(text);
  }
}

/** The minimum steps for JSON. */
const costOfJson = 100;
/** JSON.parse takes as long to create an error as to read this many characters. */
const costOfError = 1000;

const maxEnvelopes = 8;

function judge(value: unknown, source: Source, readText: ReadText, level: number): Reading {
  if (level > maxEnvelopes) return nothing;
  if (typeof value === 'string') return readText(unquoted(value, source));
  if (Array.isArray(value)) return readList(value, source, readText, level);
  if (typeof value === 'object' && value !== null) {
    return readObject(value as Fields, source, readText, level);
  }
  return failed('payload_not_panels', () => ({ what: kindOf(value) }));
}

type Fields = Readonly<Record<string, unknown>>;

function readObject(value: Fields, source: Source, readText: ReadText, level: number): Reading {
  if (hasEvents(value)) return found(source);
  const inside = readEnvelope(value, source, readText, level);
  if (inside.found.length > 0) return inside;
  const foreign = whoseJson(value);
  if (foreign) return failed('payload_foreign', () => foreign);
  const lists = Object.values(value);
  // An empty object is a payload only at the top level.
  if (lists.every(Array.isArray) && (lists.length > 0 || level === 0)) return found(source);
  if (isEvent(value)) {
    return failed('payload_not_panels', () => ({ what: 'one event without its panel' }));
  }
  if (inside.failure) return inside;
  return failed('payload_not_panels', () => ({ what: 'an object' }));
}

/** Whether a list of the object holds a value that can only be an event. */
function hasEvents(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).some((list) => Array.isArray(list) && list.some(isEvent));
}

const eventKeys = [
  'channel',
  'event_params',
  'att_params',
  'udt_params',
  'custom_params',
  'payload_params',
  'webhook_name',
  'journey_name',
];

function isEvent(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    eventKeys.some((key) => Object.hasOwn(value, key))
  );
}

function readList(
  list: readonly unknown[],
  source: Source,
  readText: ReadText,
  level: number,
): Reading {
  spend(source.effort, source.text.length * 2 + list.length * costOfChild);
  const bytes = textOfBytes(list);
  if (bytes !== undefined) {
    return readText(peeled(source, bytes, { name: 'bytes', detail: 'a list of bytes' }, () => 0));
  }
  const isPair = list.length === 2 && list[0] === 'data';
  const values = list.values();
  const all = joined(
    readEach(jsonChildren(source.text), ({ start, end }) =>
      readMember(values.next().value, part(source, start, end), readText, level),
    ),
  );
  if (all.found.length > 0) {
    const layer = { name: 'list', detail: `a list of ${list.length}` } as const;
    return list.length === 1 || isPair
      ? all
      : { ...all, found: all.found.map((one) => layered(one, layer)) };
  }
  const foreign = whoseJson(list);
  if (foreign) return failed('payload_foreign', () => foreign);
  const what = list.some(isEvent) ? 'a list of events without their panel' : 'a list';
  return failed('payload_not_panels', () => ({ what: list.length === 0 ? 'an empty list' : what }));
}

/** Names that tools and frameworks use for a body, raw or parsed. */
const bodyNames = new Set(
  ['data', 'body', 'rawbody', 'requestbody', 'payload', 'content', 'message', 'msg', 'log', 'text']
    .concat(['form', 'postdata', 'params', 'parameters', 'json', 'post', 'input', 'raw', 'event'])
    .concat(['value', 'request', 'records', 'entries', 'textpayload', 'jsonpayload', 'line']),
);
/** Names of other parts of a request: a `data=` there is not the payload. */
const otherNames = new Set(
  ['headers', 'header', 'url', 'uri', 'path', 'rawpath', 'query', 'querystring', 'rawquerystring']
    .concat(['querystringparameters', 'referer', 'referrer', 'cookies', 'cookie', 'useragent'])
    .concat([
      'requesturi',
      'target',
      'webhookurl',
      'multivalueheaders',
      'requestcontext',
      'response',
    ]),
);

function readEnvelope(value: Fields, source: Source, readText: ReadText, level: number): Reading {
  spendPasses(source, 2);
  const named = pairNamedData(value);
  const readings = readEach(jsonChildren(source.text), ({ key, start, end }) => {
    spend(source.effort, costOfChild);
    if (key === undefined) return nothing;
    const folded = key.toLowerCase().replace(/[_.-]/g, '');
    if (otherNames.has(folded)) return nothing;
    const isBody = bodyNames.has(folded);
    if (!isBody && !named && end - start < 8) return nothing;
    const inner = layered(part(source, start, end), { name: 'envelope', detail: `"${key}"` });
    const reading = readMember(value[key], inner, readText, level);
    if (!isBody) return { found: withEvents(reading.found) };
    return key === 'data' && value[key] === '' ? dataEmpty : reading;
  });
  const all = joined(readings);
  return { ...all, found: distinct(all.found) };
}

/** The minimum steps for a child of an object or list. */
const costOfChild = 20;

/** Payloads at arbitrary positions count only if they hold events. */
export function withEvents(sources: readonly Source[]): readonly Source[] {
  return sources.filter(({ text, effort }) => {
    // Adds steps without checking the limit, so that a found payload is not lost at the end.
    effort.steps += text.length * 2;
    return hasEvents(JSON.parse(text));
  });
}

const dataEmpty = failed('data_empty', () => ({}));

/** `{"name": "data", "value": …}`, as HTTP archives list form fields. */
function pairNamedData(value: Fields): boolean {
  return value.name === 'data' || value.key === 'data';
}

function readMember(value: unknown, source: Source, readText: ReadText, level: number): Reading {
  if (typeof value === 'string') {
    if (!mayHoldPayload(value)) return nothing;
    const inner = unquoted(value, source);
    // The envelope's own string is not reported as a layer.
    return readText({ ...inner, layers: source.layers });
  }
  return isContainer(value) ? judge(value, source, readText, level + 1) : nothing;
}

function mayHoldPayload(text: string): boolean {
  return /data|[{[]|%(?:25)*7B|eyJ|ewo|ZGF0YT|JTdC|UE9TVC|H4sI/i.test(text);
}

/** Drops duplicates: raw and parsed bodies often stand side by side. */
export function distinct(sources: readonly Source[]): Source[] {
  const seen = new Set<string>();
  if (sources.length < 2) return [...sources];
  return sources.filter(({ text, effort }) => {
    effort.steps += text.length * 2;
    const compact = compactJson(text);
    if (seen.has(compact)) return false;
    seen.add(compact);
    return true;
  });
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The value of a JSON string; the source's text is its literal. */
function unquoted(value: string, source: Source): Source {
  const { text } = source;
  const before = (offset: number) => {
    let at = text.indexOf('"') + 1;
    for (let count = 0; count < offset && at < text.length - 1; count += 1) {
      at += text.charAt(at) !== '\\' ? 1 : text.charAt(at + 1) === 'u' ? 6 : 2;
    }
    return at;
  };
  return peeled(source, value, { name: 'json_string', detail: 'a JSON string' }, before);
}
