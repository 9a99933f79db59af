import type { JsonFault } from '../json-fault.js';
import { peelBackslashes } from './backslashes.js';
import { peelBase64, peelHex } from './base64.js';
import { spend } from './effort.js';
import { peelEntities } from './entities.js';
import { faultOf, jsonBreak, scanSource } from './json-break.js';
import { type ReadText, readJson } from './json-value.js';
import { hasEscapes, peelPercent } from './percent.js';
import { peelDoubledQuotes, peelQuotes, peelSmartQuotes } from './quotes.js';
import { failed, type Reading } from './reading.js';
import { part, type Source, trimmed } from './source.js';
import {
  joinBrokenStrings,
  joinEncodedLines,
  peelInvisible,
  peelInvisibleBetweenTokens,
} from './wraps.js';

/**
 * Takes one layer off a text that should be JSON and is not. Undefined: this layer is not there.
 * A reading: it is there, and cannot be taken off.
 */
type Peel = (source: Source) => Source | Reading | undefined;

/** In the order in which they are tried; each looks for clear signs of its layer. */
const peels: readonly Peel[] = [
  (source) => (isEncoded(source.text) ? peelInvisible(source) : undefined),
  (source) => (isEncoded(source.text) ? joinEncodedLines(source) : undefined),
  (source) => (isEncoded(source.text) ? peelPercent(source) : undefined),
  peelQuotes,
  peelEntities,
  peelBackslashes,
  peelSmartQuotes,
  peelDoubledQuotes,
  peelBase64,
  peelHex,
];

/** Trying every peel on a text that has none of the layers. */
const costOfPeels = 800;

/** Encoding again and again does not end in JSON; decoding has to end all the same. */
const maxPeels = 200;

/** Reads a text that should be a payload's JSON, in whatever layers. */
export function readValue(source: Source, readText: ReadText): Reading {
  let current = trimmed(source);
  if (current.text === '') return failed('data_empty', () => ({}));
  for (let count = 0; count < maxPeels; count += 1) {
    spend(source.effort, costOfPeels + current.text.length * 2);
    const reading = readJson(current, readText);
    if (reading) return reading;
    // A whole body came out of a layer.
    if (count > 0 && /^data\s{0,9}=/i.test(current.text)) return readText(current);
    const next = peelOne(current);
    if (next === undefined) return readBroken(current, readText);
    if ('found' in next) return next;
    if (next.text === current.text) break;
    current = trimmed(next);
    if (current.text === '') return failed('data_empty', () => ({}));
  }
  return failed('payload_not_found', () => ({}));
}

function peelOne(source: Source): Source | Reading | undefined {
  for (const peel of peels) {
    const next = peel(source);
    if (next !== undefined) return next;
  }
  return undefined;
}

/** Whether the first thing that JSON would have is escaped: then the text is encoded throughout. */
function isEncoded(text: string): boolean {
  return (
    /^[\s+"'{[\u200b\ufeff]{0,40}%(?:25)*[\da-f]{2}/i.test(text.slice(0, 4000)) && hasEscapes(text)
  );
}

/** Text that nothing more can be taken off, and that is no JSON: mended, cut, or refused. */
function readBroken(source: Source, readText: ReadText): Reading {
  let current = source;
  let fault = faultOf(current);
  const mended = mend(current, fault);
  if (mended) {
    const reading = readJson(mended, readText);
    if (reading) return reading;
    const remaining = faultOf(mended);
    // Mending that does not get to the end is not worth a changed text.
    if (remaining?.kind === 'text_after') {
      current = mended;
      fault = remaining;
    }
  }
  if (!fault) return failed('payload_not_found', () => ({}));
  if (fault.kind === 'text_after' && isClosing(current.text.slice(fault.offset))) {
    const scan = scanSource(current, 0);
    const whole =
      scan.kind === 'sound' ? readJson(part(current, 0, scan.end), readText) : undefined;
    if (whole) return whole;
  }
  return jsonBreak(current, fault);
}

function mend(source: Source, fault: JsonFault | undefined): Source | undefined {
  // A line break that was encoded is part of the string: receivers refuse it, too.
  if (fault?.kind === 'bad_string' && !source.layers.some(({ name }) => name === 'percent')) {
    const joinedLines = joinBrokenStrings(source);
    if (joinedLines) return joinedLines;
  }
  // What JSON does not know there is nothing that can be seen, or it is another fault.
  const odd = fault && source.text.charCodeAt(fault.offset) > 0x7f;
  return odd ? peelInvisibleBetweenTokens(source) : undefined;
}

/**
 * What may stand behind a payload without meaning anything: a semicolon, tags, a quote and the
 * brackets of what quoted it. A bracket at once is one too many.
 */
function isClosing(text: string): boolean {
  return (
    text.length < 200 &&
    !/^\s*[\]}]/.test(text) &&
    /^(?:[\s"'`“”‘’;,)\]}>|]|<\/?[a-z][\w-]*>){0,200}$/i.test(text)
  );
}
