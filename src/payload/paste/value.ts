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
 * Removes one layer from a text that should be JSON. Undefined: the layer is absent. A reading: the
 * layer cannot be removed.
 */
type Peel = (source: Source) => Source | Reading | undefined;

/** In order of precedence; each requires clear signs of its layer. */
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

/** The steps of trying every layer on a text without any. */
const costOfPeels = 800;

/** Bounds decoding, since repeated encoding need not end in JSON. */
const maxPeels = 200;

/** Reads a text that should be a payload's JSON, in any layers. */
export function readValue(source: Source, readText: ReadText): Reading {
  let current = trimmed(source);
  if (current.text === '') return failed('data_empty', () => ({}));
  for (let count = 0; count < maxPeels; count += 1) {
    spend(source.effort, costOfPeels + current.text.length * 2);
    const reading = readJson(current, readText);
    if (reading) return reading;
    // A layer contained a whole body.
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

/** Whether the first JSON token is escaped, which means that the whole text is. */
function isEncoded(text: string): boolean {
  return (
    /^[\s+"'{[\u200b\ufeff]{0,40}%(?:25)*[\da-f]{2}/i.test(text.slice(0, 4000)) && hasEscapes(text)
  );
}

/** Handles text that is not JSON and has no more layers: repairs, cuts or rejects it. */
function readBroken(source: Source, readText: ReadText): Reading {
  let current = source;
  let fault = faultOf(current);
  const repaired = repairText(current, fault);
  if (repaired) {
    const reading = readJson(repaired, readText);
    if (reading) return reading;
    const remaining = faultOf(repaired);
    // Keeps the original when the repair does not reach the end.
    if (remaining?.kind === 'text_after') {
      current = repaired;
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

function repairText(source: Source, fault: JsonFault | undefined): Source | undefined {
  // A line break that was encoded is part of the string: receivers refuse it, too.
  if (fault?.kind === 'bad_string' && !source.layers.some(({ name }) => name === 'percent')) {
    const joinedLines = joinBrokenStrings(source);
    if (joinedLines) return joinedLines;
  }
  // The odd character is invisible; anything else is another fault.
  const odd = fault && source.text.charCodeAt(fault.offset) > 0x7f;
  return odd ? peelInvisibleBetweenTokens(source) : undefined;
}

/**
 * Meaningless text after a payload: a semicolon, tags, a quote and closing brackets of its
 * surroundings. A bracket directly after it is surplus.
 */
function isClosing(text: string): boolean {
  return (
    text.length < 200 &&
    !/^\s*[\]}]/.test(text) &&
    /^(?:[\s"'`“”‘’;,)\]}>|]|<\/?[a-z][\w-]*>){0,200}$/i.test(text)
  );
}
