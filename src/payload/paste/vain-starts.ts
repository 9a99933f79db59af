import type { JsonFault } from '../json-fault.js';
import { spend } from './effort.js';
import { scanSource } from './json-break.js';
import type { ReadText } from './json-value.js';
import type { Reading } from './reading.js';
import type { Source } from './source.js';

/** A search for payloads in one text. */
export interface Search {
  readonly source: Source;
  readonly readText: ReadText;
  readonly vain: VainStarts;
}

/** What a search has read in vain, so that it does not read it once more from every start in it. */
interface VainStarts {
  /** The last JSON that is broken, and where the structures began that were open there. */
  brokenJson: { readonly fault: JsonFault; readonly starts: ReadonlySet<number> } | undefined;
  /** One for each offset at which no print of a program begins. */
  noPrint: Uint8Array | undefined;
  /** The last `print_r` that has no end. */
  noPrintR: { readonly end: number; readonly whole: ReadonlySet<number> } | undefined;
  /** The last encoded value, to where it could end. */
  token: { readonly from: number; readonly end: number } | undefined;
  /** The last stretch of lines that could only continue an encoded value. */
  wrappedLines: { readonly from: number; readonly end: number } | undefined;
  /** Behind which offset a quote stands no more. */
  readonly unclosed: Map<string, number>;
  /** How often reading up to an offset found nothing. */
  readonly readings: Map<number, number>;
}

export function searchOf(source: Source, readText: ReadText): Search {
  const vain: VainStarts = {
    brokenJson: undefined,
    noPrint: undefined,
    noPrintR: undefined,
    token: undefined,
    wrappedLines: undefined,
    unclosed: new Map(),
    readings: new Map(),
  };
  return { source, readText, vain };
}

/** Scans the JSON that begins at an offset; in a structure that was open at a fault, it is that fault. */
export function scanOnce({ source, vain }: Search, at: number): ReturnType<typeof scanSource> {
  if (vain.brokenJson?.starts.has(at)) return vain.brokenJson.fault;
  const scan = scanSource(source, at);
  if (scan.kind !== 'sound' && scan.openAt.length > 1) {
    vain.brokenJson = { fault: scan, starts: new Set(scan.openAt) };
  }
  return scan;
}

/** So many starts may lead to the same end in vain; behind them, no other is tried. */
const maxVainReadings = 4;

/** Reads a stretch up to `end`, unless others that end there were read in vain too often. */
export function readUnlessVain(
  { vain }: Search,
  end: number,
  read: () => Reading,
): Reading | undefined {
  const count = vain.readings.get(end) ?? 0;
  if (count >= maxVainReadings) return undefined;
  const reading = read();
  if (reading.found.length === 0) vain.readings.set(end, count + 1);
  return reading;
}

/** Where a quote closes that was opened before `from`; -1 when it does not. */
export function closeOf({ source, vain }: Search, from: number, closing: string): number {
  if (from >= (vain.unclosed.get(closing) ?? Number.POSITIVE_INFINITY)) return -1;
  const { text } = source;
  let at = from;
  while (at < text.length && text.charAt(at) !== closing) at += text.charAt(at) === '\\' ? 2 : 1;
  spend(source.effort, (at - from) * 2);
  if (at < text.length) return at;
  vain.unclosed.set(closing, from);
  return -1;
}
