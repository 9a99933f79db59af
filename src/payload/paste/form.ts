import { spend } from './effort.js';
import { whoseForm } from './foreign.js';
import { faultOf } from './json-break.js';
import { type ReadText, readJson } from './json-value.js';
import { hasEscapes, peelPercent } from './percent.js';
import { failed, joined, type Reading, readEach } from './reading.js';
import { layered, part, remarked, type Source, spendPasses, trimmed } from './source.js';
import { readUntilClosed } from './token.js';
import { readValue } from './value.js';

/** A field of a form body: its decoded name, and the offsets of its value. */
interface Field {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Bounds a form with a million fields named `data`. */
const maxFields = 100;

/** The minimum steps for a field. */
const costOfField = 20;

/** Names to show for a form without `data`. */
const shownNames = 5;

/**
 * Reads the field `data` of a form body. `certain`: the text is known to be a body; otherwise it
 * must look like a form. Undefined when it is not a form.
 */
export function readForm(
  source: Source,
  readText: ReadText,
  certain: boolean,
): Reading | undefined {
  const body = trimmed(source);
  if (!certain && !looksLikeForm(body)) return undefined;
  spendPasses(body, 2);
  const exact: Field[] = [];
  const near: Field[] = [];
  let count = 0;
  const names: string[] = [];
  for (const field of fieldsOf(body.text)) {
    spend(source.effort, costOfField);
    if (field.name.toLowerCase() === 'data') {
      count += 1;
      const named = field.name === 'data' ? exact : near;
      if (named.length < maxFields) named.push(field);
    }
    if (names.length < shownNames && field.name && field.name.length < 60) names.push(field.name);
  }
  const fields = exact.length > 0 ? exact : near;
  if (fields.length === 0) {
    const isForm = body.text.includes('=') && /^[\w.[\]%-]{1,60}=/.test(body.text);
    if (!isForm) return undefined;
    return failed('no_data_field', () => ({
      in: 'the form',
      fields: names,
      whose: whoseForm(names),
    }));
  }
  const all = joined(
    readEach(fields.slice(0, maxFields), (field) => readField(field, body, readText)),
  );
  const remarks = [
    ...(exact.length === 0
      ? [{ code: 'field_case', message: `The field is named "${near[0]?.name}", not "data".` }]
      : []),
    ...(count > 1
      ? [
          {
            code: 'field_repeated',
            message: `The field "data" occurs ${count} times; form parsers use the first.`,
          },
        ]
      : []),
  ];
  return { ...all, found: all.found.map((one) => remarks.reduce(remarked, one)) };
}

function readField(field: Field, body: Source, readText: ReadText): Reading {
  const { text } = body;
  const layer = { name: 'form', detail: 'the field "data"' } as const;
  const value = layered(part(body, field.start, field.end), layer);
  const rest = layered(part(body, field.start), layer);
  if (/^\s*[{[]\s*["}{\]]/.test(value.text.slice(0, 200)))
    return readRawField(value, rest, readText);
  const reading = readValue(value, readText);
  if (reading.found.length > 0) return reading;
  const closed = readUntilClosed(value, readText);
  if (closed) return closed.reading;
  if (field.end === text.length) return reading;
  // A value cut at an "&" is truncated JSON; other faults have another cause.
  if (reading.failure?.code !== 'payload_ends_early') return reading;
  const whole = readValue(rest, readText);
  if (whole.found.length === 0) return reading;
  return failed('value_split', () => ({ offset: body.origin(field.end) }));
}

/** An unescaped JSON value. Reads it as receivers of forms would. */
function readRawField(value: Source, rest: Source, readText: ReadText): Reading {
  if (faultOf(value) === undefined) {
    if (!hasEscapes(value.text) && !value.text.includes('+')) return readValue(value, readText);
    const decoded = peelPercent(value);
    const reading = 'found' in decoded ? undefined : readJson(decoded, readText);
    if (!reading?.found.length) return readValue(value, readText);
    const message =
      'The value is JSON without percent escapes; "+" and "%" in it were decoded as in a form.';
    return {
      ...reading,
      found: reading.found.map((one) => remarked(one, { code: 'not_escaped', message })),
    };
  }
  if (rest.text.length > value.text.length && faultOf(rest) === undefined) {
    const message = 'The value contains an unescaped "&": a form parser would cut it there.';
    const reading = readValue(rest, readText);
    return {
      ...reading,
      found: reading.found.map((one) => remarked(one, { code: 'value_split', message })),
    };
  }
  return readValue(value, readText);
}

/** A form body has no blanks, except in unescaped JSON. */
function looksLikeForm(source: Source): boolean {
  const { text } = source;
  if (!/^[?&]{0,9}[\w.[\]%+-]{0,100}[=&]/.test(text)) return false;
  if (!/\s/.test(text)) return true;
  const before = /^(?:[^\s=]{0,300}&)?data=(?=[{[])/.exec(text)?.[0];
  return before !== undefined && faultOf(part(source, before.length)) === undefined;
}

function* fieldsOf(text: string): Generator<Field> {
  let start = text.startsWith('?') ? 1 : 0;
  while (start < text.length) {
    const found = text.indexOf('&', start);
    const end = found === -1 ? text.length : found;
    const equals = text.slice(start, end).indexOf('=');
    const nameEnd = equals === -1 ? end : start + equals;
    const name = decodedName(text.slice(start, nameEnd));
    yield { name, start: Math.min(nameEnd + 1, end), end };
    start = end + 1;
  }
}

function decodedName(name: string): string {
  if (!name.includes('%') || name.length > 300) return name.trim();
  try {
    return decodeURIComponent(name).trim();
  } catch {
    return name;
  }
}
