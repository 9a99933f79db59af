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
  readonly failures: FailedReadings;
}

/** Failed readings, which are not repeated from other starts within them. */
interface FailedReadings {
  /** The last JSON fault, and the starts of the structures that were open there. */
  brokenJson: { readonly fault: JsonFault; readonly starts: ReadonlySet<number> } | undefined;
  /** Marks offsets at which no program's print begins. */
  noPrint: Uint8Array | undefined;
  /** The last `print_r` without an end. */
  noPrintR: { readonly end: number; readonly whole: ReadonlySet<number> } | undefined;
  /** The last encoded value, up to its possible end. */
  token: { readonly from: number; readonly end: number } | undefined;
  /** The last lines that could only continue an encoded value. */
  wrappedLines: { readonly from: number; readonly end: number } | undefined;
  /** For each quote, the offset after which it does not occur. */
  readonly unclosed: Map<string, number>;
  /** The number of failed readings for each end offset. */
  readonly readings: Map<number, number>;
}

export function searchOf(source: Source, readText: ReadText): Search {
  const failures: FailedReadings = {
    brokenJson: undefined,
    noPrint: undefined,
    noPrintR: undefined,
    token: undefined,
    wrappedLines: undefined,
    unclosed: new Map(),
    readings: new Map(),
  };
  return { source, readText, failures };
}

/** Scans the JSON at an offset; reuses the fault for structures that were open at it. */
export function scanOnce({ source, failures }: Search, at: number): ReturnType<typeof scanSource> {
  if (failures.brokenJson?.starts.has(at)) return failures.brokenJson.fault;
  const scan = scanSource(source, at);
  if (scan.kind !== 'sound' && scan.openAt.length > 1) {
    failures.brokenJson = { fault: scan, starts: new Set(scan.openAt) };
  }
  return scan;
}

/** Maximum number of failed readings with the same end. */
const maxFailedReadings = 4;

/** Reads a stretch up to `end`, unless too many readings with that end have failed. */
export function readUnlessFailed(
  { failures }: Search,
  end: number,
  read: () => Reading,
): Reading | undefined {
  const count = failures.readings.get(end) ?? 0;
  if (count >= maxFailedReadings) return undefined;
  const reading = read();
  if (reading.found.length === 0) failures.readings.set(end, count + 1);
  return reading;
}

/** The offset of the quote that closes the one before `from`; -1 if there is none. */
export function closeOf({ source, failures }: Search, from: number, closing: string): number {
  if (from >= (failures.unclosed.get(closing) ?? Number.POSITIVE_INFINITY)) return -1;
  const { text } = source;
  let at = from;
  while (at < text.length && text.charAt(at) !== closing) at += text.charAt(at) === '\\' ? 2 : 1;
  spend(source.effort, (at - from) * 2);
  if (at < text.length) return at;
  failures.unclosed.set(closing, from);
  return -1;
}
