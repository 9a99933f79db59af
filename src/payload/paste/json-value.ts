import { jsonChildren, nestsDeeper } from '../json-children.js';
import { deepestJson, findJsonFault } from '../json-fault.js';
import { compactJson } from '../json-text.js';
import { kindOf } from '../value-kind.js';
import { whoseJson } from './foreign.js';
import { failed, found, joined, nothing, type Reading } from './reading.js';
import { layered, part, peeled, type Source } from './source.js';

/** Reads any text: what the readers of JSON do with the strings that they find. */
export type ReadText = (source: Source) => Reading;

/**
 * Reads a text that is sound JSON: a payload, something that holds payloads (an envelope, a list,
 * a string), or neither. Undefined when it is no JSON. What is sound is not decoded further.
 */
export function readJson(source: Source, readText: ReadText): Reading | undefined {
  if (!looksWhole(source.text)) return undefined;
  // JSON.parse takes a hundred bytes of memory for every level, sound or not.
  if (source.text.length > deepestJson && nestsDeeper(source.text, deepestJson)) {
    if (findJsonFault(source.text)?.kind !== 'too_deep') return undefined;
    return failed('payload_too_deep', () => ({ limit: deepestJson }));
  }
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch {
    source.effort.left -= costOfError;
    return undefined;
  }
  return judge(value, source, readText, 0);
}

/** Whether a text begins and ends as JSON does; most that come this way are no JSON. */
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

/** JSON.parse takes its time to make an error: as long as for so many characters. */
const costOfError = 2000;

/** Envelopes in envelopes beyond this one are not looked into. */
const mostEnvelopes = 8;

function judge(value: unknown, source: Source, readText: ReadText, level: number): Reading {
  if (level > mostEnvelopes) return nothing;
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
  // An empty object is a payload where it is all there is, not where it is some empty member.
  if (lists.every(Array.isArray) && (lists.length > 0 || level === 0)) return found(source);
  if (inside.failure) return inside;
  return failed('payload_not_panels', () => ({ what: 'an object' }));
}

/** Whether a list of the object holds something that can only be an event. */
export function hasEvents(value: unknown): boolean {
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
  const readings: Reading[] = [];
  const isPair = list.length === 2 && list[0] === 'data';
  for (const { start, end } of jsonChildren(source.text)) {
    const inner = part(source, start, end);
    readings.push(readMember(list[readings.length], inner, readText, level));
  }
  const all = joined(readings);
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

/** Names under which tools and frameworks keep the body of a call, or what was parsed of it. */
const bodyNames = new Set(
  ['data', 'body', 'rawbody', 'requestbody', 'payload', 'content', 'message', 'msg', 'log', 'text']
    .concat(['form', 'postdata', 'params', 'parameters', 'json', 'post', 'input', 'raw', 'event'])
    .concat(['value', 'request', 'records', 'entries', 'textpayload', 'jsonpayload', 'line']),
);
/** Names of what surrounds a body: a `data=` in there is not the payload. */
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
  const named = pairNamedData(value);
  const readings: Reading[] = [];
  for (const { key, start, end } of jsonChildren(source.text)) {
    if (key === undefined) continue;
    const folded = key.toLowerCase().replace(/[_.-]/g, '');
    if (otherNames.has(folded)) continue;
    const isBody = bodyNames.has(folded);
    if (!isBody && !named && end - start < 8) continue;
    const inner = layered(part(source, start, end), { name: 'envelope', detail: `"${key}"` });
    const reading = readMember(value[key], inner, readText, level);
    if (isBody) {
      readings.push(key === 'data' && value[key] === '' ? dataEmpty : reading);
    } else {
      readings.push({ found: reading.found.filter(({ text }) => hasEvents(JSON.parse(text))) });
    }
  }
  const all = joined(readings);
  return { ...all, found: distinct(all.found) };
}

const dataEmpty = failed('data_empty', () => ({}));

/** `{"name": "data", "value": …}`, as archives of HTTP calls list the fields of a form. */
function pairNamedData(value: Fields): boolean {
  return value.name === 'data' || value.key === 'data';
}

function readMember(value: unknown, source: Source, readText: ReadText, level: number): Reading {
  if (typeof value === 'string') {
    if (!mayHoldPayload(value)) return nothing;
    const inner = unquoted(value, source);
    // The envelope's own string is no layer worth a word.
    return readText({ ...inner, layers: source.layers });
  }
  return isContainer(value) ? judge(value, source, readText, level + 1) : nothing;
}

function mayHoldPayload(text: string): boolean {
  return /data|[{[]|%(?:25)*7B|eyJ|ewo|ZGF0YT|JTdC/i.test(text);
}

/** A body and what was parsed of it often stand side by side: the same payload counts once. */
function distinct(sources: readonly Source[]): Source[] {
  const seen = new Set<string>();
  return sources.filter(({ text }) => {
    const compact = compactJson(text);
    if (seen.has(compact)) return false;
    seen.add(compact);
    return true;
  });
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What a JSON string says; the source's text is its literal. */
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
