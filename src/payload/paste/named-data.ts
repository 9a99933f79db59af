import { peelLiteral } from './backslashes.js';
import { spend } from './effort.js';
import { closeOf, readUnlessFailed, type Search, scanOnce } from './failed-readings.js';
import { jsonBreak } from './json-break.js';
import { type ReadText, readJson } from './json-value.js';
import { failed, moreSpecific, nothing, type Reading } from './reading.js';
import { layered, part, remarked, type Source } from './source.js';
import { readToken } from './token.js';
import { readValue } from './value.js';

/** The steps for checking a name. */
const costOfName = 100;

interface Step {
  readonly reading: Reading;
  readonly end: number;
}

/**
 * Reads the value that a text assigns to the name `data`: `data=…`, `data = {…}`, `"data": "…"`,
 * `'data' => '…'`, `("data", "…")`, `[data] => …`. Undefined when the word is not such a name.
 */
export function readNamedData(search: Search, at: number): Step | undefined {
  const { source } = search;
  const { text } = source;
  if (!/^data$/i.test(text.slice(at, at + 4)) || !isName(text, at)) return undefined;
  const after = text.slice(at + 4, at + 164);
  const quote = /["'`]/.test(text.charAt(at - 1)) && after.startsWith(text.charAt(at - 1)) ? 1 : 0;
  const uri = readDataUri(search, at);
  if (uri) return uri;
  const sign = separator(after, quote);
  if (!sign) return undefined;
  spend(source.effort, costOfName);
  const start = at + 4 + sign.length;
  const named = layered(part(source, 0), {
    name: 'form',
    detail: `the value of ${text.slice(at, at + 4)}`,
  });
  const step = readGiven({ ...search, source: named }, start, sign.isPrint);
  if (text.slice(at, at + 4) === 'data') return step;
  const message = `The field is named "${text.slice(at, at + 4)}", not "data".`;
  const found = step.reading.found.map((one) => remarked(one, { code: 'field_case', message }));
  return { ...step, reading: { ...step.reading, found } };
}

const dataUri = /^data:[\w.+-]{1,60}\/[\w.+-]{1,60}(?:;[\w.=+-]{1,60}){0,9},/i;

/** Reads a data URI such as `data:application/json;base64,…`. */
function readDataUri(search: Search, at: number): Step | undefined {
  const { source, readText } = search;
  const { text } = source;
  const head = dataUri.exec(text.slice(at, at + 700))?.[0];
  if (head === undefined) return undefined;
  const start = at + head.length;
  const named = layered(part(source, 0), { name: 'data_uri', detail: head.slice(0, -1) });
  if (!/;base64,$/i.test(head)) return readToken({ ...search, source: named }, start);
  const length = text.slice(start).search(/[^\w+/=%-]/);
  const end = length === -1 ? text.length : start + length;
  spend(source.effort, (end - start) * 2);
  return { reading: readText(part(named, start, end)), end };
}

/** Rejects the end of another word, and URL parameters. */
function isName(text: string, at: number): boolean {
  const before = text.charAt(at - 1);
  if (at > 0 && /[\w?-]/.test(before)) return false;
  if (before !== '&') return true;
  const near = text.slice(Math.max(0, at - 300), at);
  const token = near.slice(Math.max(near.lastIndexOf(' '), near.lastIndexOf('\n')) + 1);
  return !/\?|:\/\//.test(token);
}

/** Matches the separator between name and value, which in a print may include the value's type. */
function separator(after: string, quote: number): { length: number; isPrint: boolean } | undefined {
  const match =
    /^(["'`]?)(\]?)(\s{0,40})(=>|:=|=|:|->|,)(\s{0,40})((?:\[\]string\{|string\(\d{1,9}\)\s?|[[(]\s{0,20}(?=["'bu]))?\s{0,20}(?:[bu](?=["']))?)/.exec(
      after,
    );
  if (!match) return undefined;
  const [all, , , , sign = '', , type = ''] = match;
  if (sign === ',' && quote === 0) return undefined;
  if (sign === '=' && after.charAt(match[0].length) === '=') return undefined;
  return { length: all.length, isPrint: quote === 1 || sign !== '=' || type !== '' };
}

function readGiven(search: Search, start: number, isPrint: boolean): Step {
  const { source, readText } = search;
  const { text } = source;
  const character = text.charAt(start);
  if (/["'`“‘„«]/.test(character)) {
    return readQuoted(search, start, isPrint);
  }
  if (character === '{' || character === '[') {
    const scan = scanOnce(search, start);
    if (scan.kind === 'sound') {
      const reading = readJson(part(source, start, scan.end), readText);
      return { reading: reading ?? nothing, end: scan.end };
    }
    if (
      /^.\s{0,100}["\]}]/.test(text.slice(start, start + 102)) &&
      !/^[{[]"%/.test(text.slice(start, start + 3))
    ) {
      const end = Math.max(scan.offset, start + 1);
      const stretch = part(source, start);
      const repaired = readUnlessFailed(search, text.length, () => readValue(stretch, readText));
      if (repaired && repaired.found.length > 0) return { reading: repaired, end: text.length };
      return { reading: jsonBreak(stretch, { ...scan, offset: scan.offset - start }), end };
    }
    if (/^[{[]\s{0,100}(?:\\|&|“|”)/.test(text.slice(start, start + 102))) {
      const feed = text.indexOf('\n', start);
      const end = feed === -1 ? text.length : feed;
      return { reading: readValue(part(source, start, end), readText), end };
    }
    // Left to the search: a program's print, or prose.
    if (!/^[{[]%/.test(text.slice(start, start + 2))) return { reading: nothing, end: start };
  }
  const step = readToken(search, start);
  if (step.end > start) return step;
  return { reading: dataEmpty, end: start };
}

const closings: Readonly<Record<string, string>> = { '“': '”', '‘': '’', '„': '“', '«': '»' };

function readQuoted(search: Search, start: number, isPrint: boolean): Step {
  const { source, readText } = search;
  const { text } = source;
  const quote = text.charAt(start);
  const inner = start + 1;
  const raw = /[{[]/.test(text.charAt(inner)) ? scanOnce(search, inner) : undefined;
  const closing = closings[quote] ?? quote;
  if (raw?.kind === 'sound' && text.charAt(raw.end) === closing) {
    const stretch = withoutDoubledQuotes(part(source, inner, raw.end), quote);
    const unescaped = isPrint ? peelLiteral(stretch) : undefined;
    const reading = (unescaped && readJson(unescaped, readText)) ?? readJson(stretch, readText);
    return { reading: reading ?? nothing, end: raw.end + 1 };
  }
  const close = closeOf(search, inner, closing);
  if (close === -1) return readUnclosed(search, inner);
  const stretch = part(source, inner, close);
  const reading = isBlank(stretch.text) ? dataEmpty : readLiteral(stretch, readText);
  return { reading, end: close + 1 };
}

const dataEmpty = failed('data_empty', () => ({}));

function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

/** A value with an unclosed quote may take the rest of the text, or end like any token. */
function readUnclosed(search: Search, inner: number): Step {
  const { source, readText } = search;
  const { text } = source;
  const rest = part(source, inner);
  if (isBlank(rest.text)) return { reading: dataEmpty, end: text.length };
  // The search continues with that name.
  if (quotedName.test(rest.text)) return { reading: nothing, end: inner };
  const reading = readUnlessFailed(search, text.length, () => readLiteral(rest, readText));
  const message = `The quote ${text.charAt(inner - 1)} before the value is never closed.`;
  const found = reading?.found.map((one) => remarked(one, { code: 'quote_open', message })) ?? [];
  if (found.length > 0) return { reading: { ...reading, found }, end: text.length };
  return readToken(search, inner);
}

/** PowerShell and SQL double an apostrophe inside apostrophes. */
export function withoutDoubledQuotes(source: Source, quote: string): Source {
  const { text } = source;
  if (quote !== "'" || !text.includes("''") || /(?:^|[^'])'(?!')/.test(text)) return source;
  return { ...source, text: text.replaceAll("''", "'") };
}

const namesData = /^\s{0,20}data\s{0,9}=/i;
const quotedName = /^[\s"'`“‘„«]{0,20}data\s{0,9}=/i;

/** A quoted text, verbatim or unescaped. */
export function readLiteral(stretch: Source, readText: ReadText): Reading {
  if (namesData.test(stretch.text)) return readText(stretch);
  const reading = readValue(stretch, readText);
  if (reading.found.length > 0) return reading;
  const unescaped = peelLiteral(stretch);
  if (unescaped === undefined) return reading;
  const other = readValue(unescaped, readText);
  if (other.found.length > 0) return other;
  return { ...other, failure: moreSpecific(reading.failure, other.failure) };
}
