import { problem } from '../problems/problem.js';
import { type Spelling, writeForm } from './form-codec.js';
import { findJsonFault } from './json-fault.js';
import { jsonBreakArguments } from './json-location.js';
import type { Payload } from './payload.js';
import { kindOf } from './value-kind.js';

export interface EncodeOptions {
  /** `compact` (the default) or `indented`: Netcore's page shows both. */
  readonly spelling?: Spelling;
}

/**
 * Encodes a payload as the form body (`data=%7B…`) that Netcore would send: UTF-8, everything but
 * `A-Za-z0-9-._~` escaped, blanks as `%20`. `decode(encode(payload))` equals the payload.
 *
 * A payload given as JSON text keeps its digits, escapes and key order.
 *
 * @throws Problem with the `code` `payload_not_json`, `payload_ends_early` or `payload_not_panels`.
 */
export function encode(payload: Payload | string, options: EncodeOptions = {}): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  if (typeof payload === 'string') checkJson(payload);
  else if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw problem('payload_not_panels', { what: kindOf(payload) });
  }
  return writeForm(text, options.spelling ?? 'compact');
}

function checkJson(text: string): void {
  const fault = findJsonFault(text);
  if (fault?.kind === 'too_deep') throw problem('payload_too_deep', { limit: fault.open.length });
  if (fault) {
    const found = jsonBreakArguments(text, fault);
    if (fault.kind === 'ends_early')
      throw problem('payload_ends_early', { ...found, encoding: true });
    throw problem('payload_not_json', found);
  }
  if (!text.trimStart().startsWith('{')) {
    throw problem('payload_not_panels', { what: kindOf(JSON.parse(text)) });
  }
}
