import type { JsonFault } from '../json-fault.js';
import { readCommand } from './command.js';
import { readByteList } from './dumps.js';
import { spend } from './effort.js';
import { closeOf, readUnlessFailed, type Search, scanOnce, searchOf } from './failed-readings.js';
import { jsonBreak, scanSource } from './json-break.js';
import { distinct, type ReadText, readJson, withEvents } from './json-value.js';
import { readLiteral, readNamedData, withoutDoubledQuotes } from './named-data.js';
import { readPrintR } from './php-print.js';
import { readPrint } from './program-print.js';
import { doubledQuotes } from './quotes.js';
import {
  type Failure,
  failed,
  moreSpecific,
  nothing,
  type Reading,
  unlessSpent,
} from './reading.js';
import { isSpace, type Layer, part, peeled, remarked, type Source, spendPasses } from './source.js';
import { readToken } from './token.js';
import { readValue } from './value.js';
import { peelInvisibleBetweenTokens } from './wraps.js';

/** The steps for a found payload. */
const costOfPayload = 1500;

/** The reading of a stretch, and where the search continues. */
interface Step {
  readonly reading: Reading;
  readonly end: number;
}

/** The minimum steps for one start. */
const costOfStart = 150;

/**
 * Searches any text for payloads: log lines, prose, program prints, several pastes in one. A single
 * pass, which skips payloads that were read.
 */
export function searchText(source: Source, readText: ReadText): Reading {
  const { text } = source;
  const search = searchOf(source, readText);
  const found: Source[] = [];
  let failure: Failure | undefined;
  let at = 0;
  let onlyPayloads = true;
  // Keeps what was found when the budget is spent.
  unlessSpent(() => {
    spendPasses(source, 2);
    while (at < text.length) {
      const step = stepAt(search, at);
      if (step === undefined) {
        if (!isSpace(text.charCodeAt(at))) onlyPayloads = false;
        at += 1;
        continue;
      }
      if (step.reading.found.length === 0) onlyPayloads = false;
      for (const one of plausible(step.reading.found, failure)) {
        found.push(one);
        spend(source.effort, costOfPayload);
      }
      failure = moreSpecific(failure, step.reading.failure);
      at = Math.max(step.end, at + 1);
    }
  });
  if (found.length === 0 || onlyPayloads) return { found, failure };
  // Wireshark shows the field that it parsed beside the body.
  if (/^[ \t]{0,20}Form item: "/m.test(text)) found.splice(0, found.length, ...distinct(found));
  const layer = { name: 'text', detail: 'surrounding text' } as const;
  return { found: found.map((one) => withOuterLayer(one, layer)), failure };
}

/** After broken JSON, an arbitrary object is probably a part of it. */
function plausible(found: readonly Source[], before: Failure | undefined): readonly Source[] {
  const broken = before?.code === 'payload_not_json' || before?.code === 'payload_ends_early';
  return broken ? withEvents(found) : found;
}

function withOuterLayer(source: Source, layer: Layer): Source {
  return { ...source, layers: [layer, ...source.layers] };
}

function stepAt(search: Search, at: number): Step | undefined {
  const { source } = search;
  const { text } = source;
  switch (text.charCodeAt(at)) {
    case 0x7b: // {
    case 0x5b: // [
      return readStructure(search, at);
    case 0x44: // D
    case 0x64: // d
      return text.charAt(at + 1).toLowerCase() === 'a' ? readNamedData(search, at) : undefined;
    case 0x25: // %
      if (!/[257]/.test(text.charAt(at + 1))) return undefined;
      if (!/^%(?:25){0,100}[57]B/i.test(text.slice(at, at + 210))) return undefined;
      return inQuery(text, at) ? skipQuery(text, at) : eventful(readToken(search, at));
    case 0x63: // c
    case 0x68: // h
    case 0x77: // w
    case 0x78: // x
    case 0x49: // I
    case 0x69: // i. Every other letter of a text is one of these, and few begin a word.
      return /[\w-]/.test(text.charAt(at - 1)) ? undefined : readCommand(search, at);
    case 0x28: // (
      return /^\(\s{0,9}[bu]?['"]/.test(text.slice(at, at + 12))
        ? readProgramPrint(search, at)
        : undefined;
    case 0x65: // e
    case 0x48: // H
    case 0x4a: // J
    case 0x55: // U
    case 0x5a: // Z
      return isBase64Start(text, at) ? eventful(readToken(search, at)) : undefined;
    case 0x41: // A
      return text.startsWith('Array', at) ? readArrayPrint(search, at) : undefined;
    case 0x61: // a
      return text.startsWith('array', at) && /^array ?\(/.test(text.slice(at, at + 7))
        ? readProgramPrint(search, at)
        : undefined;
    default:
      return undefined;
  }
}

/** Whether the value is in the query of a URL, which is not the body. */
function inQuery(text: string, at: number): boolean {
  if (text.charAt(at - 1) !== '=') return false;
  for (let before = at - 2; before >= 0 && before >= at - 300; before -= 1) {
    const character = text.charAt(before);
    if (character === '?') return true;
    if (/[\s"'<>]/.test(character)) return false;
  }
  return false;
}

function skipQuery(text: string, at: number): Step {
  const length = text.slice(at).search(/[\s"'<>]/);
  const location = 'a body: the query of a URL is not the body';
  const reading = failed('no_data_field', () => ({ in: location, fields: [] }));
  return { reading, end: length === -1 ? text.length : at + length };
}

/** Base64 of `{"`, `{` with a line break, `data=`, `%7B`, `POST`, or gzip data. */
function isBase64Start(text: string, at: number): boolean {
  if (!/[ywGTE4]/.test(text.charAt(at + 1))) return false;
  if (!/^(?:eyJ|ewo|ew0K|ZGF0YT|JTdC|UE9TVC|H4sI)/.test(text.slice(at, at + 6))) return false;
  if (at === 0 || !/[\w+/=%-]/.test(text.charAt(at - 1))) return true;
  return /(?:^|[\s"',;{([|])[\w.-]{1,60}=$/.test(text.slice(Math.max(0, at - 70), at));
}

/** Values not named `data` count only when they hold events. */
function eventful(step: Step): Step {
  return { reading: { found: withEvents(step.reading.found) }, end: step.end };
}

function readStructure(search: Search, at: number): Step | undefined {
  const { source, readText } = search;
  const { text } = source;
  const next = nextCharacter(text, at + 1);
  const opensObject = text.charAt(at) === '{';
  if (!opensObject && /\d/.test(next)) return readBytes(search, at);
  if (!(opensObject ? /["'\\&“”:%}\p{L}_$\d]/u : /[{["'(\]]/).test(next)) return undefined;
  spend(source.effort, costOfStart);
  const scan = scanOnce(search, at);
  if (scan.kind === 'sound') {
    if (at === 0 && endsInBrackets(text, scan.end)) {
      return { reading: jsonBreak(source, oneTooMany(text, scan.end)), end: text.length };
    }
    const quote = text.charAt(at - 1) === text.charAt(scan.end) ? text.charAt(scan.end) : '';
    const json = withoutDoubledQuotes(part(source, at, scan.end), quote);
    const reading = readJson(json, readText) ?? nothing;
    const found = reading.found.filter(({ text }) => !isEmpty(text));
    return { reading: { ...reading, found }, end: scan.end };
  }
  const quoted = readQuotedStructure(search, at) ?? readOddlySpaced(search, at, scan.offset);
  if (quoted) return quoted;
  if (opensObject && (/[\\&“”]/.test(next) || doubledQuotes.test(text.slice(at, at + 50)))) {
    const end = lineEnd(text, at);
    return { reading: readValue(part(source, at, end), readText), end };
  }
  if (opensObject && next === '%') return eventful(readToken(search, at));
  if (
    scan.kind === 'bad_key' ||
    scan.kind === 'bad_word' ||
    scan.kind === 'no_value' ||
    scan.kind === 'missing_colon' ||
    scan.kind === 'missing_comma'
  ) {
    const step = readProgramPrint(search, at);
    if (step) return step;
  }
  // A brace in prose is not broken JSON.
  const isBrokenJson = opensObject && next === '"' && scan.offset > at + 2;
  const reading = isBrokenJson ? jsonBreak(part(source, at), shifted(scan, at)) : nothing;
  // `{"data": …` in a print: that name is still to be read.
  const named = /^\{\s{0,9}"data"/.test(text.slice(at, at + 20));
  return { reading, end: named ? at + 1 : Math.max(at + 1, scan.offset) };
}

/** Reads a structure in a string literal, up to the closing quote. */
function readQuotedStructure(search: Search, at: number): Step | undefined {
  const { source, readText } = search;
  const { text } = source;
  const quote = text.charAt(at - 1);
  if (at === 0 || !/["'`]/.test(quote)) return undefined;
  const isDoubled = doubledQuotes.test(text.slice(at, at + 50));
  const close = isDoubled ? closeOfDoubled(search, at) : closeOf(search, at, quote);
  if (close === -1) return undefined;
  const reading = readUnlessFailed(search, close, () =>
    readLiteral(withoutDoubledQuotes(part(source, at, close), quote), readText),
  );
  return reading && reading.found.length > 0 ? { reading, end: close + 1 } : undefined;
}

/** The closing quote of a cell with doubled quotes; -1 if there is none. */
function closeOfDoubled({ source }: Search, from: number): number {
  const { text } = source;
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text.charAt(at + 1) !== '"') {
      spend(source.effort, at - from);
      return at;
    }
  }
  spend(source.effort, text.length - from);
  return -1;
}

/** Reads JSON with no-break spaces or invisible characters between its tokens. */
function readOddlySpaced(search: Search, at: number, faultAt: number): Step | undefined {
  const { source, readText } = search;
  if (source.text.charCodeAt(faultAt) <= 0x7f) return undefined;
  const stretch = part(source, at);
  const local = peelInvisibleBetweenTokens({ ...stretch, origin: (offset) => offset });
  if (local === undefined) return undefined;
  const scan = scanSource(local, 0);
  if (scan.kind !== 'sound') return undefined;
  const origin = (offset: number) => stretch.origin(local.origin(offset));
  const reading = readUnlessFailed(search, source.text.length, () => {
    return readJson(part({ ...local, origin }, 0, scan.end), readText) ?? nothing;
  });
  return reading && { reading, end: at + local.origin(scan.end) };
}

function readBytes(search: Search, at: number): Step | undefined {
  const { source, readText } = search;
  const list = readByteList(source.text, at);
  if (list === undefined) return undefined;
  spend(source.effort, (list.end - at) * 4);
  const stretch = part(source, at, list.end);
  const layer = { name: 'bytes', detail: 'a list of bytes' } as const;
  const reading = readText(peeled(stretch, list.text, layer, () => 0));
  return { reading, end: list.end };
}

/** The next non-blank character within a short distance. */
function nextCharacter(text: string, from: number): string {
  for (let at = from; at < from + 200; at += 1) {
    const character = text.charAt(at);
    if (!/\s/.test(character)) return character;
  }
  return '';
}

/** Whether only unmatched closing brackets follow. */
function endsInBrackets(text: string, from: number): boolean {
  return text.length - from < 200 && /^\s*[}\]][\s}\]]*$/.test(text.slice(from));
}

function oneTooMany(text: string, from: number): JsonFault {
  const offset = from + text.slice(from).search(/[}\]]/);
  const reason = `there is a "${text.charAt(offset)}" too many`;
  return { kind: 'text_after', offset, reason, open: [], openAt: [] };
}

function shifted<F extends { readonly offset: number }>(fault: F, by: number): F {
  return { ...fault, offset: fault.offset - by };
}

function isEmpty(json: string): boolean {
  return /^\{\s*\}$/.test(json.slice(0, 100));
}

function readProgramPrint(search: Search, at: number): Step | undefined {
  const { source, failures } = search;
  if (failures.noPrint?.[at]) return undefined;
  const print = readPrint(source.text, at);
  spend(source.effort, costOfPrintStart + (print.end - at) * costOfPrint);
  if (print.kind === 'print') return printed(search, at, print);
  failures.noPrint ??= new Uint8Array(source.text.length);
  for (const start of print.starts) failures.noPrint[start] = 1;
  if (print.kind === 'other') return undefined;
  return { reading: failed('print_shortened', () => ({ mark: print.mark })), end: at + 1 };
}

/** The steps for a print: at its start, and for each character. */
const costOfPrintStart = 400;
const costOfPrint = 10;

function readArrayPrint(search: Search, at: number): Step | undefined {
  const { source, failures } = search;
  if (!/^Array\s{0,10}\n\s{0,10}\(/.test(source.text.slice(at, at + 30))) return undefined;
  if (failures.noPrintR && at < failures.noPrintR.end && !failures.noPrintR.whole.has(at))
    return undefined;
  const print = readPrintR(source.text, at);
  spend(source.effort, costOfPrintStart + (print.end - at) * costOfPrint);
  if (print.kind === 'other') {
    failures.noPrintR = { end: print.end, whole: new Set(print.whole) };
    return undefined;
  }
  const step = printed(search, at, print);
  const message = 'print_r does not distinguish numbers from strings: every value became a string.';
  const remark = { code: 'types_lost', message };
  // A body in a field of the print kept its own numbers.
  const own = (one: Source) => one.layers.some(({ name }) => name === 'envelope');
  const found = step.reading.found.map((one) => (own(one) ? one : remarked(one, remark)));
  return { ...step, reading: { ...step.reading, found } };
}

function printed(
  { source, readText }: Search,
  at: number,
  print: { readonly json: string; readonly end: number },
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
