import { type JsonFault, scanJson } from '../json-fault.js';
import { readCommand } from './command.js';
import { jsonBreak } from './json-break.js';
import { hasEvents, type ReadText, readJson } from './json-value.js';
import { readNamedData } from './named-data.js';
import { readPrintR } from './php-print.js';
import { readPrint } from './program-print.js';
import { doubledQuotes } from './quotes.js';
import { type Failure, failed, moreTelling, nothing, type Reading } from './reading.js';
import { isSpace, type layered, part, peeled, remarked, type Source } from './source.js';
import { readToken } from './token.js';
import { readValue } from './value.js';

/** What a stretch of text was, and where the search goes on. */
interface Step {
  readonly reading: Reading;
  readonly end: number;
}

/** What looking at one start costs, in characters, however little is read. */
const costOfStart = 400;

/**
 * Looks for payloads in any text: log lines, prose, prints of programs, several pastes in one.
 * Goes through it once; what was read as one payload is not looked into again.
 */
export function searchText(source: Source, readText: ReadText): Reading {
  const { text } = source;
  const found: Source[] = [];
  let failure: Failure | undefined;
  const { effort } = source;
  let at = 0;
  let onlyPayloads = true;
  while (at < text.length && effort.left > 0) {
    const step = stepAt(source, at, readText);
    if (step === undefined) {
      if (!isSpace(text.charCodeAt(at))) onlyPayloads = false;
      at += 1;
      continue;
    }
    if (step.reading.found.length === 0) onlyPayloads = false;
    found.push(...believable(step.reading.found, failure));
    failure = moreTelling(failure, step.reading.failure);
    const end = Math.max(step.end, at + 1);
    effort.left -= costOfStart + (end - at);
    at = end;
  }
  if (found.length === 0) return { found, failure };
  if (at < text.length) {
    const message = `The last ${text.length - at} characters were not searched: there are too many beginnings of payloads in it.`;
    found.push(...found.splice(-1).map((one) => remarked(one, { code: 'not_searched', message })));
  }
  if (onlyPayloads) return { found, failure };
  const layer = { name: 'text', detail: 'a text round it' } as const;
  return { found: found.map((one) => broughtOut(one, layer)), failure };
}

/** After broken JSON, an object that could be anything may well be a part of it. */
function believable(found: readonly Source[], before: Failure | undefined): readonly Source[] {
  const broken = before?.code === 'payload_not_json' || before?.code === 'payload_ends_early';
  return broken ? found.filter(({ text }) => hasEvents(JSON.parse(text))) : found;
}

function broughtOut(source: Source, layer: Parameters<typeof layered>[1]): Source {
  return { ...source, layers: [layer, ...source.layers] };
}

function stepAt(source: Source, at: number, readText: ReadText): Step | undefined {
  const { text } = source;
  switch (text.charCodeAt(at)) {
    case 0x7b: // {
    case 0x5b: // [
      return readStructure(source, at, readText);
    case 0x44: // D
    case 0x64: // d
      return readNamedData(source, at, readText);
    case 0x25: // %
      if (!/^%(?:25){0,100}[57]B/i.test(text.slice(at, at + 210))) return undefined;
      return inQuery(text, at) ? skipQuery(text, at) : eventful(readToken(source, at, readText));
    case 0x63: // c
    case 0x68: // h
    case 0x77: // w
    case 0x78: // x
    case 0x49: // I
    case 0x69: // i
      return readCommand(source, at, readText);
    case 0x65: // e
    case 0x5a: // Z
    case 0x4a: // J
      return isBase64Start(text, at) ? eventful(readToken(source, at, readText)) : undefined;
    case 0x41: // A
      return readArrayPrint(source, at, readText);
    case 0x61: // a
      return /^array ?\(/.test(text.slice(at, at + 7))
        ? readProgramPrint(source, at, readText)
        : undefined;
    default:
      return undefined;
  }
}

/** Whether it stands in the query of a URL, which is not the body. */
function inQuery(text: string, at: number): boolean {
  if (text.charAt(at - 1) !== '=') return false;
  const token = /[^\s"'<>]{1,300}$/.exec(text.slice(Math.max(0, at - 300), at))?.[0] ?? '';
  return /\?./.test(token);
}

function skipQuery(text: string, at: number): Step {
  const length = text.slice(at).search(/[\s"'<>]/);
  const place = 'a body: the one in the query of a URL is not sent as one';
  const reading = failed('no_data_field', () => ({ in: place, fields: [] }));
  return { reading, end: length === -1 ? text.length : at + length };
}

/** Base64 of what begins with `{"`, `{` and a line, `data=` or `%7B`. */
function isBase64Start(text: string, at: number): boolean {
  if (!/^(?:eyJ|ewo|ew0K|ZGF0YT|JTdC)/.test(text.slice(at, at + 6))) return false;
  return at === 0 || !/[\w+/=%-]/.test(text.charAt(at - 1));
}

/** What nobody named `data` counts only when it holds events. */
function eventful(step: Step): Step {
  const found = step.reading.found.filter(({ text }) => hasEvents(JSON.parse(text)));
  return { reading: { found }, end: step.end };
}

function readStructure(source: Source, at: number, readText: ReadText): Step | undefined {
  const { text } = source;
  const next = /^.\s{0,200}([^\s])/.exec(text.slice(at, at + 202))?.[1] ?? '';
  const opensObject = text.charAt(at) === '{';
  if (!(opensObject ? /["'\\&“”:%}\p{L}_$\d]/u : /[{["'(\]]/).test(next)) return undefined;
  const scan = scanJson(text, at);
  if (scan.kind === 'sound') {
    if (at === 0 && endsInBrackets(text, scan.end)) {
      return { reading: jsonBreak(source, oneTooMany(text, scan.end)), end: text.length };
    }
    const reading = readJson(part(source, at, scan.end), readText) ?? nothing;
    const found = reading.found.filter(({ text }) => !isEmpty(text));
    return { reading: { ...reading, found }, end: scan.end };
  }
  if (opensObject && (/[\\&“”]/.test(next) || doubledQuotes.test(text.slice(at, at + 50)))) {
    const end = lineEnd(text, at);
    return { reading: readValue(part(source, at, end), readText), end };
  }
  if (opensObject && next === '%') return eventful(readToken(source, at, readText));
  if (
    scan.kind === 'bad_key' ||
    scan.kind === 'bad_word' ||
    scan.kind === 'no_value' ||
    scan.kind === 'missing_colon' ||
    scan.kind === 'missing_comma'
  ) {
    const step = readProgramPrint(source, at, readText);
    if (step) return step;
  }
  // A brace in prose is no broken JSON.
  const telling = opensObject && next === '"' && scan.offset > at + 2;
  const reading = telling ? jsonBreak(part(source, at), shifted(scan, at)) : nothing;
  // `{"data": …` of a print: that name is still to be read.
  const named = /^\{\s{0,9}"data"/.test(text.slice(at, at + 20));
  return { reading, end: named ? at + 1 : Math.max(at + 1, scan.offset) };
}

/** Whether only brackets follow, which close nothing. */
function endsInBrackets(text: string, from: number): boolean {
  return text.length - from < 200 && /^\s*[}\]][\s}\]]*$/.test(text.slice(from));
}

function oneTooMany(text: string, from: number): JsonFault {
  const offset = from + text.slice(from).search(/[}\]]/);
  const reason = `there is a "${text.charAt(offset)}" too many`;
  return { kind: 'text_after', offset, reason, open: [] };
}

function shifted<F extends { readonly offset: number }>(fault: F, by: number): F {
  return { ...fault, offset: fault.offset - by };
}

function isEmpty(json: string): boolean {
  return /^\{\s*\}$/.test(json.slice(0, 100));
}

function readProgramPrint(source: Source, at: number, readText: ReadText): Step | undefined {
  if (source.effort.prints <= 0) return undefined;
  const print = readPrint(source.text, at);
  if (print.kind === 'shortened') {
    const reading = failed('print_shortened', () => ({ mark: print.mark }));
    return { reading, end: at + 1 };
  }
  source.effort.prints -= print.end - at;
  if (print.kind !== 'print') return undefined;
  return printed(source, at, print, readText);
}

function readArrayPrint(source: Source, at: number, readText: ReadText): Step | undefined {
  if (
    !/^Array\s{0,10}\n\s{0,10}\(/.test(source.text.slice(at, at + 30)) ||
    source.effort.prints <= 0
  ) {
    return undefined;
  }
  source.effort.prints -= source.text.length - at;
  const print = readPrintR(source.text, at);
  if (print === undefined) return undefined;
  const step = printed(source, at, print, readText);
  const message = 'print_r does not tell numbers from text: every value became a text.';
  const remark = { code: 'types_lost', message };
  // A body that was only a field of the print kept its own numbers.
  const own = (one: Source) => one.layers.some(({ name }) => name === 'envelope');
  const found = step.reading.found.map((one) => (own(one) ? one : remarked(one, remark)));
  return { ...step, reading: { ...step.reading, found } };
}

function printed(
  source: Source,
  at: number,
  print: { readonly json: string; readonly end: number },
  readText: ReadText,
): Step {
  const stretch = part(source, at, print.end);
  const layer = { name: 'program_print', detail: 'a structure as a program prints it' } as const;
  const json = peeled(stretch, print.json, layer, () => 0);
  return { reading: readJson(json, readText) ?? nothing, end: print.end };
}

function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  return feed === -1 ? text.length : feed;
}
