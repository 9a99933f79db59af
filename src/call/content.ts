import type { EventDetail, IdentifiedEvent } from '../payload/payload.js';
import {
  atOnce,
  type CallProblem,
  type CallReading,
  type CallWarning,
  openCallSteps,
  readCallSteps,
} from '../payload/read-call.js';
import type { ReceivedCall } from './call.js';
import { mayBeCoded, type PlainBody, plainBody } from './content-coding.js';
import { headerValue } from './headers.js';

/** A reading of a call. Its body may also fail to decode as its content coding says. */
export type ContentReading = CallReading | CodingProblem;

type CodingProblem = Omit<CallProblem, 'code'> & { readonly code: 'content_encoding' };

type ReadableCall = Pick<ReceivedCall, 'headers' | 'body'>;

const sliceMs = 5;

/**
 * Reads the payload out of a call, with content codings removed. Never throws: a failure is the
 * reading's problem.
 */
export function readCallContent(
  call: ReadableCall,
  detail: EventDetail = 'summary',
): ContentReading {
  return atOnce(contentSteps(call, detail));
}

/** Reads in slices, so that the thread answers calls in between. */
export function readCallContentInSlices(
  call: ReadableCall,
  detail: EventDetail = 'summary',
): Promise<ContentReading> {
  return inSlices(contentSteps(call, detail));
}

/** Runs steps to their end and yields the thread every few milliseconds. */
export async function inSlices<T>(steps: Generator<unknown, T>): Promise<T> {
  for (let end = performance.now() + sliceMs; ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < end) continue;
    await new Promise((resolve) => setImmediate(resolve));
    end = performance.now() + sliceMs;
  }
}

/** Whether reading a body may delay other calls noticeably. */
export function takesLongToRead(call: ReadableCall): boolean {
  return call.body.length > 64 * 1024 || mayBeCoded(call);
}

/**
 * All events of a call, one by one and unbounded. Yields nothing for a call without a payload.
 */
export function* everyEventOf(
  call: ReadableCall,
  detail: EventDetail = 'summary',
): Generator<IdentifiedEvent> {
  const { body } = plainBody(call);
  const opened = atOnce(openCallSteps(body, headerValue(call.headers, 'content-type')));
  if (opened.kind === 'payload') for (const batch of opened.batches(detail)) yield* batch;
}

function* contentSteps(
  call: ReadableCall,
  detail: EventDetail,
): Generator<undefined, ContentReading> {
  const { body, fault } = plainBody(call);
  yield;
  const contentType = headerValue(call.headers, 'content-type');
  const reading = yield* readCallSteps(body, contentType, {
    receivedBytes: call.body.length,
    detail,
  });
  if (fault === undefined) return reading;
  if (reading.kind === 'payload') return withWarning(reading, codingWarning(fault));
  // A mislabelled body has no other fault worth reporting.
  return fault.kind === 'unlabelled' ? reading : codingProblem(fault, reading.carriesData);
}

type Fault = NonNullable<PlainBody['fault']>;

function codingWarning({ kind, coding }: Fault): CallWarning {
  const message =
    kind === 'unlabelled'
      ? `The body is encoded with ${coding}, but its headers do not declare it.`
      : `The body is not valid ${coding}, although its header declares it.`;
  return { code: 'content_encoding', message };
}

function codingProblem({ coding, reason }: Fault, carriesData: boolean): CodingProblem {
  const message = `The body is not valid ${coding}, although its header declares it: ${reason}.`;
  return { kind: 'problem', code: 'content_encoding', message, carriesData };
}

function withWarning(
  reading: Extract<CallReading, { kind: 'payload' }>,
  warning: CallWarning,
): CallReading {
  const warnings = [warning, ...reading.warnings];
  return { ...reading, warnings };
}
