import { problem } from '../problems/problem.js';
import { dataValue } from './form-codec.js';
import { findJsonFault } from './json-fault.js';
import { jsonBreakArguments } from './json-location.js';
import type { Payload } from './payload.js';
import { kindOf } from './value-kind.js';

/**
 * A form body that a framework has already parsed: its field `data` as text, or the first of
 * several.
 */
export interface ParsedForm {
  readonly data?: unknown;
}

/** A `URLSearchParams` or `FormData`. */
export interface FormFields {
  get(name: string): unknown;
}

/** The part of a Fetch `Request` that is read. */
export interface BodyRequest {
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Decodes the payload in the field `data` of a webhook call's form body. Returns the same as
 * `JSON.parse(new URLSearchParams(body).get('data'))`, only faster.
 *
 * Accepts the body as text, as bytes, or as the object that a framework parsed from the form
 * (`express.urlencoded()`, Fastify's formbody, PHP-like parsers), as `URLSearchParams` or `FormData`,
 * and also a body that is the JSON itself. Replaces invalid UTF-8 by U+FFFD, so that one bad name does
 * not lose a batch. An empty body, which the panel's Test button most likely sends, is a payload
 * without panels.
 *
 * The result maps panel names to lists of events, which are not validated: see `payloadSchema`.
 * Numbers beyond 2^53 are rounded, as JSON.parse does.
 *
 * @example
 * app.post('/webhooks/netcore', express.urlencoded({ limit: '10mb' }), (request, response) => {
 *   const payload = decode(request.body);
 *   response.sendStatus(200);
 * });
 *
 * @throws Problem with the `code` `no_data_field` (also for undefined and null, which a handler gets
 * without a body parser), `data_empty`, `payload_not_json`, `payload_ends_early` or
 * `payload_not_panels`.
 */
export function decode(body: string | Uint8Array | FormFields | ParsedForm): Payload {
  if ((typeof body === 'string' || body instanceof Uint8Array) && body.length === 0) return {};
  const text =
    typeof body === 'string' || body instanceof Uint8Array ? textOf(body) : parsedText(body);
  if (typeof text !== 'string') return panelsOf(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw brokenJson(text, error);
  }
  return panelsOf(value);
}

/** Decodes the body of a Fetch `Request`, as `decode` does. Rejects with the same problems. */
export async function decodeRequest(request: BodyRequest): Promise<Payload> {
  return decode(new Uint8Array(await request.arrayBuffer()));
}

function textOf(body: string | Uint8Array): string {
  const value = dataValue(body);
  if (value !== null) return value;
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  if (/^\s*[{[]/.test(text)) return text;
  throw problem('no_data_field', { in: 'the body', fields: [] });
}

function parsedText(form: FormFields | ParsedForm | null | undefined): unknown {
  // Frameworks pass these values when no body parser ran.
  if (form === undefined || form === null) {
    throw problem('no_data_field', {
      in: `the body, which is ${form}`,
      fields: [],
      unparsed: true,
    });
  }
  if (isFormFields(form)) {
    const value = form.get('data');
    if (typeof value === 'string') return value;
    throw problem('no_data_field', { in: 'the form', fields: [] });
  }
  const data: unknown = Array.isArray(form.data) ? form.data[0] : form.data;
  if (data === undefined) {
    const fields = Object.keys(form).slice(0, 5);
    throw problem('no_data_field', { in: 'the form', fields, unparsed: fields.length === 0 });
  }
  return data;
}

function isFormFields(form: FormFields | ParsedForm): form is FormFields {
  return 'get' in form && typeof form.get === 'function';
}

function panelsOf(value: unknown): Payload {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Payload;
  }
  throw problem('payload_not_panels', { what: kindOf(value) });
}

function brokenJson(text: string, cause: unknown): Error {
  if (text.trim() === '') return problem('data_empty', {}, cause);
  const fault = findJsonFault(text);
  if (!fault) return problem('payload_not_panels', { what: 'not to be read' }, cause);
  const code = fault.kind === 'ends_early' ? 'payload_ends_early' : 'payload_not_json';
  return problem(code, jsonBreakArguments(text, fault), cause);
}
