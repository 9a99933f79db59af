import { bodyText, inCharset } from './body-text.js';
import { type Digest, digestBounds, EventDigest } from './event-digest.js';
import {
  encodedOffset,
  type FieldAt,
  fieldText,
  findField,
  formDecoded,
  onlyField,
} from './form-codec.js';
import { findPart } from './multipart.js';
import type { EventDetail, IdentifiedEvent } from './payload.js';
import {
  maxParsedBytes,
  type OpenedPayload,
  openJson,
  openText,
  type PayloadProblem,
  type Subject,
} from './read-payload.js';
import { invalidUtf8At } from './utf8.js';

/** The content of a received body. */
export type CallReading = PayloadReading | CallProblem;

interface PayloadReading extends Digest {
  readonly kind: 'payload';
  /** The payload's original JSON, decoded once. */
  readonly text: () => string;
  /** All events one by one, uncut. */
  readonly everyEvent: () => Iterable<IdentifiedEvent>;
  /** Irregularities of the call, one sentence each. */
  readonly warnings: readonly CallWarning[];
  readonly carriesData: boolean;
}

export interface CallWarning {
  readonly code:
    | 'byte_order_mark'
    | 'charset'
    | 'content_encoding'
    | 'field_name'
    | 'field_repeated'
    | 'multipart'
    | 'not_a_form'
    | 'panel_not_list';
  readonly message: string;
}

export interface CallProblem {
  readonly kind: 'problem';
  readonly code: PayloadProblem['code'] | 'body_empty' | 'no_data_field' | 'data_empty';
  readonly message: string;
  /** Whether there is a field `data`, or a likely one, so that only its value is faulty. */
  readonly carriesData: boolean;
}

/** A call's payload before its events are read. */
type OpenedCall = Omit<OpenedPayload, 'warnings'> &
  Pick<PayloadReading, 'warnings' | 'carriesData'>;

/**
 * Reads the body of a received call in any shape, and never throws. Tolerates transport damage
 * regardless of labels: byte-order marks, white space, character sets, multipart, another case of
 * `data`, JSON without a form. Panel names in its sentences are untrusted. Takes a small multiple
 * of the body's memory, and works in steps of some milliseconds, so that a thread can answer other
 * calls in between. `receivedBytes`: the length of the body before its content codings were
 * removed.
 */
export function* readCallSteps(
  body: Uint8Array,
  contentType: string | undefined,
  {
    receivedBytes = body.length,
    detail = 'summary',
  }: { readonly receivedBytes?: number; readonly detail?: EventDetail } = {},
): Generator<undefined, CallReading> {
  const opened = yield* openCallSteps(body, contentType);
  if (opened.kind === 'problem') return opened;
  const digest = new EventDigest(digestBounds(receivedBytes));
  for (const batch of opened.batches(detail)) {
    for (const summary of batch) digest.add(summary);
    yield;
  }
  return payloadReading(opened, digest, detail);
}

export function readCall(body: Uint8Array, contentType: string | undefined): CallReading {
  const opened = openPlain(body, contentType) ?? atOnce(openCallSteps(body, contentType));
  if (opened.kind === 'problem') return opened;
  const digest = new EventDigest(digestBounds(body.length));
  for (const batch of opened.batches()) for (const summary of batch) digest.add(summary);
  return payloadReading(opened, digest);
}

function payloadReading(
  { batches, text, warnings, carriesData }: OpenedCall,
  digest: EventDigest,
  detail: EventDetail = 'summary',
): PayloadReading {
  return {
    kind: 'payload',
    ...digest.result(),
    text,
    *everyEvent() {
      for (const batch of batches(detail)) yield* batch;
    },
    warnings,
    carriesData,
  };
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
): Generator<undefined, OpenedCall | CallProblem> {
  if (body.length === 0) return problem('body_empty', 'The body is empty.', false);
  const { bytes, start, warning } = bodyText(body);
  const warnings: CallWarning[] = warning ? [warning] : [];
  // Offsets refer to the original body, so converted text has none.
  const shift = bytes === body ? 0 : undefined;
  const first = bytes[start];
  let bare: OpenedPayload | PayloadProblem | undefined;
  if (first === openBrace || first === openBracket) {
    bare = yield* openBare(bytes, start, shift);
    if (bare.kind === 'payload') return bareCall(bare, warnings);
  }
  const part = yield* findPart(bytes, contentType);
  // A query begins with a question mark.
  const from = first === questionMark ? start + 1 : start;
  const at = part === null ? yield* findField(bytes, from) : part;
  if (at === undefined) {
    if (part === null && isJson(contentType)) bare ??= yield* openBare(bytes, start, shift);
    if (bare?.kind === 'problem') return { ...bare, carriesData: false };
    return problem('no_data_field', noField(part === undefined, contentType), false);
  }
  if (part) {
    const message = 'The body is multipart; Netcore sends a form.';
    warnings.push({ code: 'multipart', message });
  }
  if (at.name !== 'data') {
    const name = at.name.trim().slice(0, 40);
    warnings.push({ code: 'field_name', message: `The field is named "${name}", not "data".` });
  }
  if (at.count > 1) {
    const message = `The field "data" occurs ${at.count} times; the first one was used.`;
    warnings.push({ code: 'field_repeated', message });
  }
  if (at.start === at.end) return problem('data_empty', 'The field "data" is empty.', true);
  const opened = yield* openValue(bytes, at, {
    isPart: part !== null,
    contentType,
    shift,
    warnings,
  });
  return calledWith(opened, warnings);
}

/**
 * A fast path for nearly every call: a small form with one field. The general search would cost a
 * third of its reading. Undefined for anything else.
 */
function openPlain(
  body: Uint8Array,
  contentType: string | undefined,
): OpenedCall | CallProblem | undefined {
  if (body.length > maxParsedBytes || contentType?.startsWith(formType) === false) return undefined;
  const text = onlyField(body);
  return text ? calledWith(openText(text, valueName), []) : undefined;
}

function openBare(bytes: Uint8Array, start: number, shift: number | undefined) {
  const offsetIn = offsetConverter(shift, (offset) => start + offset);
  const subject = {
    name: 'The body',
    describeOffset: (offset: number) => `byte ${offsetIn(offset)}`,
  };
  return openJson(bytes.subarray(start), subject);
}

interface ValueFacts {
  readonly isPart: boolean;
  readonly contentType: string | undefined;
  /** The offset of the inspected bytes in the body; undefined when they were converted. */
  readonly shift: number | undefined;
  readonly warnings: CallWarning[];
}

const valueName = 'The value of data';

function* openValue(
  bytes: Uint8Array,
  at: FieldAt,
  { isPart, contentType, shift, warnings }: ValueFacts,
): Generator<undefined, OpenedPayload | PayloadProblem> {
  const { start, end } = at;
  // Most calls are small, and Node's own decoder is the fastest.
  if (!isPart && end - start <= maxParsedBytes) {
    const text = fieldText(bytes, at);
    if (text !== undefined) return openText(text, valueName);
  }
  yield;
  const json = isPart ? bytes.subarray(start, end) : formDecoded(bytes, start, end);
  yield;
  const origin = isPart
    ? (offset: number) => start + offset
    : (offset: number) => encodedOffset(bytes, start, offset);
  const offsetIn = offsetConverter(shift, origin);
  const subject: Subject = {
    name: valueName,
    describeOffset: (offset) => `byte ${offsetIn(offset)} of the body`,
  };
  if (invalidUtf8At(json) === -1) return yield* openJson(json, subject);
  const other = inCharset(json, contentType);
  if (other === undefined) return yield* openJson(json, subject);
  warnings.push({
    code: 'charset',
    message: 'The value of data is not UTF-8; it was decoded with the charset of its header.',
  });
  return yield* openJson(other, subject);
}

/** Converts an offset to one in the original body. */
function offsetConverter(shift: number | undefined, origin: (offset: number) => number) {
  return (offset: number) => (shift === undefined ? offset : shift + origin(offset));
}

function bareCall(opened: OpenedPayload, warnings: readonly CallWarning[]): OpenedCall {
  const message = 'The body is JSON; Netcore sends a form with the JSON in its field "data".';
  // An object without a list could be anything.
  return called(opened, [...warnings, { code: 'not_a_form', message }], opened.panels > 0);
}

/** The content of the field `data`. */
function calledWith(
  opened: OpenedPayload | PayloadProblem,
  warnings: readonly CallWarning[],
): OpenedCall | CallProblem {
  if (opened.kind === 'problem') return { ...opened, carriesData: true };
  return called(opened, warnings, true);
}

function called(
  opened: OpenedPayload,
  warnings: readonly CallWarning[],
  carriesData: boolean,
): OpenedCall {
  const { kind, batches, panels } = opened;
  return {
    kind,
    batches,
    panels,
    text: opened.text,
    warnings: [...warnings, ...opened.warnings],
    carriesData,
  };
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*application\/(?:[\w.-]+\+)?json\b/i.test(contentType);
}

function noField(isMultipart: boolean, contentType: string | undefined): string {
  if (isMultipart) return 'There is no field "data" in the multipart body.';
  const isForm = contentType?.toLowerCase().startsWith(formType);
  const type =
    isForm || !contentType
      ? ''
      : ` Netcore sends a form, and this is ${contentType.slice(0, 100)}.`;
  return `There is no field "data" in the body.${type}`;
}

function problem(code: CallProblem['code'], message: string, carriesData: boolean): CallProblem {
  return { kind: 'problem', code, message, carriesData };
}

const formType = 'application/x-www-form-urlencoded';
const questionMark = 0x3f;
const openBracket = 0x5b;
const openBrace = 0x7b;
