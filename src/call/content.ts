import { createRequire } from 'node:module';
import type Zlib from 'node:zlib';
import { findData } from '../payload/form-codec.js';
import type { EventSummary } from '../payload/payload.js';
import { atOnce, type CallReading, openCallSteps, readCallSteps } from '../payload/read-call.js';
import type { ReceivedCall } from './call.js';
import { headerValue } from './headers.js';

/** What a decoded body may come to, so that a small one cannot fill the memory. */
const largestDecoded = 10 * 1024 * 1024;
const mostCodings = 2;

/** A reading of a call, whose body may not even be what its content coding promises. */
export type ContentReading = CallReading | CodingProblem;

interface CodingProblem {
  readonly kind: 'problem';
  readonly code: 'content_encoding';
  readonly message: string;
}

/** A large body is read for so many milliseconds at a time. */
const sliceMs = 5;

type ReadableCall = Pick<ReceivedCall, 'headers' | 'body'>;

/**
 * Reads the payload out of a call, content codings taken off. Never throws: what cannot be read
 * is the reading's problem.
 */
export function readCallContent(call: ReadableCall): ContentReading {
  return atOnce(contentSteps(call));
}

/** The same on a thread that answers calls, which gets to do so between. */
export function readCallContentInSlices(call: ReadableCall): Promise<ContentReading> {
  return inSlices(contentSteps(call));
}

/** Runs steps to their end, and lets the thread do something else every few milliseconds. */
export async function inSlices<T>(steps: Generator<unknown, T>): Promise<T> {
  for (let end = performance.now() + sliceMs; ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < end) continue;
    await new Promise((resolve) => setImmediate(resolve));
    end = performance.now() + sliceMs;
  }
}

/** Whether a body may take so long to be read that other calls would notice. */
export function takesLongToRead({ headers, body }: ReadableCall): boolean {
  return body.length > 64 * 1024 || headerValue(headers, 'content-encoding') !== undefined;
}

/** All events of a call, read one by one and without bounds; none of one that is no payload. */
export function* everyEventOf(call: ReadableCall): Generator<EventSummary> {
  const content = removeCodings(call);
  if (content.kind === 'problem') return;
  const opened = atOnce(openCallSteps(content.body, headerValue(call.headers, 'content-type')));
  if (opened.kind === 'payload') for (const batch of opened.batches()) yield* batch;
}

function* contentSteps(call: ReadableCall): Generator<undefined, ContentReading> {
  const content = removeCodings(call);
  if (content.kind === 'problem') return content;
  yield;
  const contentType = headerValue(call.headers, 'content-type');
  return yield* readCallSteps(content.body, contentType, call.body.length);
}

function removeCodings({
  headers,
  body,
}: ReadableCall): { readonly kind: 'body'; readonly body: Uint8Array } | CodingProblem {
  const coding = headerValue(headers, 'content-encoding');
  if (coding === undefined) return { kind: 'body', body };
  try {
    return { kind: 'body', body: decodeContent(body, coding) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      kind: 'problem',
      code: 'content_encoding',
      message: `The body is not the ${coding} that its header promises: ${reason}.`,
    };
  }
}

/**
 * What a search for words looks at: the value of `data` with its escapes undone, or the body where
 * there is none. Never throws: a body that cannot be decoded is searched as it came.
 */
export function searchableText(call: Pick<ReceivedCall, 'headers' | 'body'>): string {
  const body = decodedBody(call);
  const data = findData(body);
  const text = data.kind === 'found' ? data.text : Buffer.from(body).toString('utf8');
  if (!text.includes('\\')) return text;
  // JSON may write any character as an escape; people search for the character.
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** The body with its content codings taken off, or as it came when they cannot be. */
export function decodedBody({ headers, body }: Pick<ReceivedCall, 'headers' | 'body'>): Uint8Array {
  const coding = headerValue(headers, 'content-encoding');
  if (coding === undefined) return body;
  try {
    return decodeContent(body, coding);
  } catch {
    return body;
  }
}

function decodeContent(body: Uint8Array, header: string): Uint8Array {
  const codings = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  if (codings.length > mostCodings) throw new Error('it is coded more than twice');
  // The last coding was applied last.
  return codings.reduceRight<Uint8Array>((bytes, name) => removeCoding(bytes, name), body);
}

function removeCoding(bytes: Uint8Array, name: string): Uint8Array {
  if (name === '' || name === 'identity') return bytes;
  const bounded = { maxOutputLength: largestDecoded };
  // Few calls are coded, and loading it takes a noticeable part of a short command's time.
  const zlib = createRequire(import.meta.url)('node:zlib') as typeof Zlib;
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzipSync(bytes, bounded);
    case 'deflate':
      return zlib.inflateSync(bytes, bounded);
    case 'br':
      return zlib.brotliDecompressSync(bytes, bounded);
    default:
      throw new Error('this coding is not known here');
  }
}
