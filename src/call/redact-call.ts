import { createHmac } from 'node:crypto';
import { createRedactor, type Redactor } from '../payload/redact/redactor.js';
import type { KeyedHash } from '../payload/redact/stand-ins.js';
import type { ReceivedCall } from './call.js';
import { plainBody } from './content-coding.js';
import { headerValue, withoutSecrets } from './headers.js';

/** How a body was redacted, when that is not what its reader would think. */
export type RedactionRemark =
  /** Its content coding was taken off, and the header that names it. */
  | 'decoded'
  /** Nobody can tell what it holds, so it was left out. */
  | 'left_out'
  /** It is neither form nor JSON: no keys say what stands in it. */
  | 'by_pattern';

export interface RedactedCall<C extends ReceivedCall = ReceivedCall> {
  readonly call: C;
  readonly remark: RedactionRemark | undefined;
  /** For what else is told of the call. */
  readonly redactText: (text: string) => string;
}

/** The hash that stand-ins are made with (HMAC, SHA-256). */
export function keyedHash(key: string | Uint8Array): KeyedHash {
  return (text) => createHmac('sha256', key).update(text).digest();
}

/**
 * A call without what names a person, as `createRedactor` replaces it: in its body, headers, target
 * and address. The body keeps the spelling of its escapes, and can be decoded and sent again.
 */
export function redactCall<C extends ReceivedCall>(call: C, hash: KeyedHash): RedactedCall<C> {
  const redactor = createRedactor(hash);
  // What a key says in one place is found in all others the second time.
  redactOnce(call, redactor);
  return { ...redactOnce(call, redactor), redactText: (text) => redactor.text(text) };
}

/** What stands in a JSON text, without what names a person. */
export function redactJson(json: string, hash: KeyedHash) {
  const redactor = createRedactor(hash);
  redactor.json(json);
  return { json: redactor.json(json), redactText: (text: string) => redactor.text(text) };
}

function redactOnce<C extends ReceivedCall>(call: C, redactor: Redactor) {
  const coding = headerValue(call.headers, 'content-encoding');
  const plain = plainBody(call).body;
  const isCoded =
    plain !== call.body || (coding !== undefined && !/^\s*(?:identity)?\s*$/i.test(coding));
  const isUndecoded = isCoded && plain === call.body && call.body.length > 0;
  // Text of two bytes a character, or no text at all.
  const leftOut = isUndecoded || plain.includes(0);
  const type = headerValue(call.headers, 'content-type') ?? '';
  const { body, keyless } = leftOut
    ? { body: new Uint8Array(), keyless: false }
    : redactBody(plain, type, redactor);
  const headers = withoutSecrets(call.headers, true).flatMap(
    ([name, value]): [string, string][] => {
      const folded = name.toLowerCase();
      if (folded === 'content-encoding' && isCoded) return [];
      if (folded === 'content-length') return [[name, String(body.length)]];
      return [[name, redactHeader(folded, value, redactor)]];
    },
  );
  const remark: RedactionRemark | undefined = leftOut
    ? 'left_out'
    : isCoded
      ? 'decoded'
      : keyless
        ? 'by_pattern'
        : undefined;
  const redacted: C = {
    ...call,
    headers,
    body,
    target: redactor.target(call.target),
    remote: redactor.text(call.remote),
  };
  return { call: redacted, remark };
}

/** They say how a body is to be read, or were replaced before. */
const untouched =
  /^(?:content-type|content-encoding|transfer-encoding|accept.*|authorization|cookie)$/;
const secret = /token|secret|signature|session|password|api-?key|auth(?!or)/;

function redactHeader(name: string, value: string, redactor: Redactor): string {
  if (untouched.test(name) || value === '<removed>') return value;
  return secret.test(name) ? redactor.secret(value) : redactor.field(name, value);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function redactBody(
  body: Uint8Array,
  contentType: string,
  redactor: Redactor,
): { body: Uint8Array; keyless: boolean } {
  const { text, charset } = textOf(body);
  const written = (redacted: string) => Buffer.from(redacted, charset);
  if (/^\s*[{[]/.test(text)) return { body: written(redactor.json(text)), keyless: false };
  const isForm = /x-www-form-urlencoded/i.test(contentType) || /^[\w.%[\]-]+=\S*$/.test(text);
  if (isForm && text.includes('=')) return { body: written(redactor.form(text)), keyless: false };
  // The lines between the parts of a multipart body must stay those that its header names.
  const isMultipart = /^multipart\//i.test(contentType);
  const lines = text.split('\n').map((line) => {
    return isMultipart && line.startsWith('--') ? line : redactor.text(line);
  });
  return { body: written(lines.join('\n')), keyless: text.trim() !== '' };
}

/** Bytes that are no UTF-8 are a character each. */
function textOf(body: Uint8Array): { text: string; charset: 'utf8' | 'latin1' } {
  try {
    return { text: strict.decode(body), charset: 'utf8' };
  } catch {
    return { text: Buffer.from(body).toString('latin1'), charset: 'latin1' };
  }
}
