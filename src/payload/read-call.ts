import { type Digest, digestBounds, EventDigest } from './event-digest.js';
import { dataSpan, encodedOffset, findData, formDecoded } from './form-codec.js';
import type { EventSummary } from './payload.js';
import {
  maxParsedBytes,
  type OpenedPayload,
  openJson,
  openText,
  type PayloadProblem,
  type PayloadWarning,
} from './read-payload.js';

/** What a received body says. */
export type CallReading = PayloadReading | PayloadProblem | CallProblem;

interface PayloadReading extends Digest {
  readonly kind: 'payload';
  /** The payload's JSON exactly as it came, decoded once. */
  readonly text: string;
  /** All events one by one, whole. */
  readonly everyEvent: () => Iterable<EventSummary>;
  /** What a sound call would not have, in a sentence each. */
  readonly warnings: readonly CallWarning[];
}

type CallWarning =
  | PayloadWarning
  | { readonly code: 'not_a_form' | 'field_repeated'; readonly message: string };

interface CallProblem {
  readonly kind: 'problem';
  readonly code: 'body_empty' | 'no_data_field' | 'data_empty';
  readonly message: string;
}

/** A call's payload before any of its events was read, with what is to be said of the call. */
type OpenedCall = Omit<OpenedPayload, 'warnings'> & Pick<PayloadReading, 'warnings'>;

/**
 * Reads the body of a call as a listener received it, for every shape that a body can have: it
 * never throws, and forgives nothing in silence. Names of panels in its sentences are untrusted.
 * The memory that it takes is a small multiple of the body, whatever the body holds.
 *
 * It reads in steps of some milliseconds, so that a thread that answers calls can do so between.
 * `receivedBytes`: the length of the body before content codings were taken off.
 */
export function* readCallSteps(
  body: Uint8Array,
  contentType: string | undefined,
  receivedBytes: number = body.length,
): Generator<undefined, CallReading> {
  const opened = yield* openCallSteps(body, contentType);
  if (opened.kind === 'problem') return opened;
  const digest = new EventDigest(digestBounds(receivedBytes));
  for (const batch of opened.batches()) {
    for (const summary of batch) digest.add(summary);
    yield;
  }
  return {
    kind: 'payload',
    ...digest.result(),
    get text() {
      return opened.text;
    },
    *everyEvent() {
      for (const batch of opened.batches()) yield* batch;
    },
    warnings: opened.warnings,
  };
}

/** The same at once. */
export function readCall(body: Uint8Array, contentType: string | undefined): CallReading {
  return atOnce(readCallSteps(body, contentType));
}

export function atOnce<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Finds the payload in a body, without reading its events. */
export function* openCallSteps(
  body: Uint8Array,
  contentType: string | undefined,
): Generator<undefined, OpenedCall | PayloadProblem | CallProblem> {
  if (body.length === 0) return wrong('body_empty', 'The body is empty.');
  if (isJson(contentType)) {
    const mark = startsWithMark(body) ? 3 : 0;
    const place = (offset: number) => `byte ${offset + mark}`;
    const opened = yield* openJson(body.subarray(mark), { name: 'The body', place });
    const message = 'The body is JSON itself; Netcore sends a form whose field "data" holds it.';
    return withWarning(opened, { code: 'not_a_form', message });
  }
  const data = dataSpan(body);
  if (data === undefined) {
    const form = contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded');
    const type =
      form || !contentType
        ? ''
        : ` Netcore sends a form, and this is ${contentType.slice(0, 100)}.`;
    return wrong('no_data_field', `There is no field "data" in the body.${type}`);
  }
  if (data.start === data.end) return wrong('data_empty', 'The field "data" is empty.');
  const opened = yield* openField(body, data);
  if (data.count === 1) return opened;
  const message = `The field "data" came ${data.count} times; the first one was read.`;
  return withWarning(opened, { code: 'field_repeated', message });
}

const fieldName = 'The value of data';

function* openField(
  body: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
): Generator<undefined, OpenedPayload | PayloadProblem> {
  // Most calls are small, and Node's own decoder is the fastest.
  if (body.length <= maxParsedBytes) {
    const found = findData(body);
    if (found.kind === 'found') return openText(found.text, fieldName);
  }
  yield;
  const json = formDecoded(body, start, end);
  yield;
  const place = (offset: number) => `byte ${encodedOffset(body, start, offset)} of the body`;
  return yield* openJson(json, { name: fieldName, place });
}

function withWarning(
  opened: OpenedPayload | PayloadProblem,
  warning: CallWarning,
): OpenedCall | PayloadProblem {
  if (opened.kind === 'problem') return opened;
  const { kind, batches } = opened;
  return {
    kind,
    batches,
    get text() {
      return opened.text;
    },
    warnings: [warning, ...opened.warnings],
  };
}

function wrong(code: CallProblem['code'], message: string): CallProblem {
  return { kind: 'problem', code, message };
}

function startsWithMark(body: Uint8Array): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*application\/(?:[\w.-]+\+)?json\b/i.test(contentType);
}
