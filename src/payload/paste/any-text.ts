import { peelBase64, peelHex } from './base64.js';
import { peelChatLinks, peelDecoration, peelTags, peelTerminalCodes } from './decoration.js';
import { peelDump } from './dumps.js';
import { spend } from './effort.js';
import { peelEntities } from './entities.js';
import { readForm } from './form.js';
import { readHttpRequest, withoutCurlVerbose } from './http-request.js';
import { readJson } from './json-value.js';
import { peelLinePrefixes } from './line-prefixes.js';
import { readMultipart } from './multipart.js';
import { type Failure, failed, moreSpecific, nothing, type Reading } from './reading.js';
import { searchText } from './search.js';
import { type Source, spendPasses, trimmed } from './source.js';
import { readValue } from './value.js';

/** The steps of trying every reader on a text that none accepts. */
const costOfReaders = 1000;

/** Limits nested texts: a body in a command in a log in JSON is four levels. */
const maxDepth = 20;

type Reader = (source: Source) => Reading | undefined;

/** In order of precedence; the first that finds a payload wins. */
const readers: readonly Reader[] = [
  (source) => readJson(source, readAnyText),
  (source) => readHttpRequest(source, readAnyText),
  (source) => readMultipart(source, readAnyText),
  (source) => readForm(source, readAnyText, false),
  (source) => (startsLikeValue(source.text) ? readValue(source, readAnyText) : undefined),
  (source) => readCoded(source),
  (source) => readDump(source),
  (source) => searchText(source, readAnyText),
];

/** Possible wrappings of a whole text; the readers start again when one was removed. */
const wrappers: readonly ((source: Source) => Source | undefined)[] = [
  peelDecoration,
  withoutCurlVerbose,
  peelTags,
  peelEntities,
  peelLinePrefixes,
];

/** Reads any text; its failure is that of the last reader. */
export function readAnyText(source: Source): Reading {
  spend(source.effort, costOfReaders + source.text.length * 3);
  if (source.depth === maxDepth) return failed('payload_not_found', () => ({}));
  const inner = { ...source, depth: source.depth + 1 };
  const text = trimmed(peelChatLinks(peelTerminalCodes(inner)));
  let failure: Failure | undefined;
  for (const reader of readers) {
    const reading = reader(text);
    if (reading && reading.found.length > 0) return reading;
    failure = moreSpecific(failure, reading?.failure);
    // Valid JSON takes precedence over anything in its strings.
    if (reading && reader === readers[0]) return reading;
  }
  for (const peel of wrappers) {
    spendPasses(text, 1);
    const inner = peel(text);
    if (inner === undefined || inner.text === text.text) continue;
    const reading = readAnyText(inner);
    if (reading.found.length > 0) return reading;
    failure = moreSpecific(failure, reading.failure);
    break;
  }
  return { ...nothing, failure: moreSpecific(failure, kindFailure(text.text)) };
}

/** A text that is entirely base64 or hexadecimal. */
function readCoded(source: Source): Reading | undefined {
  const inner = peelBase64(source) ?? peelHex(source);
  return inner && readAnyText(inner);
}

/** Dumps are read before the search, which would find the broken rows. */
function readDump(source: Source): Reading | undefined {
  const inner = peelDump(source);
  return inner && readAnyText(inner);
}

/** Whether a text begins as a payload does, in any encoding. */
function startsLikeValue(text: string): boolean {
  return /^(?:[{["'`“‘„«]|%(?:25){0,100}[257][2BD]|&(?:amp;){0,9}(?:quot|#34|#x22);|\\["{])/i.test(
    text,
  );
}

function kindFailure(text: string): Failure | undefined {
  if (/^<(?:!doctype html|html|head|body)\b/i.test(text))
    return failed('paste_is_page', () => ({})).failure;
  if (/^HTTP\/\d(?:\.\d)? \d{3}/.test(text)) return failed('paste_is_answer', () => ({})).failure;
  const isObject = /\[object Object\]|%5Bobject(?:%20|\+)Object%5D/i.test(text.slice(0, 4000));
  if (isObject) return failed('print_shortened', () => ({ mark: '[object Object]' })).failure;
  if (/\{[\w$-]{1,100}:\[\{[\w$-]{1,60}:/.test(text.slice(0, 4000))) {
    return failed('quotes_missing', () => ({})).failure;
  }
  return undefined;
}
