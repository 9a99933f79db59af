import { createHmac } from 'node:crypto';
import type { KeyedHash } from '../payload/redact/pseudonyms.js';
import { createRedactor, type Redactor } from '../payload/redact/redactor.js';
import type { ReceivedCall } from './call.js';
import { plainBody } from './content-coding.js';
import { headerValue, withoutSecrets } from './headers.js';

/** An unexpected way in which a body was redacted. */
export type RedactionRemark =
  /** Its content coding and the header that names it were removed. */
  | 'decoded'
  /** Its content is unreadable, so it was omitted. */
  | 'left_out'
  /** It is neither form nor JSON, so only patterns were applied. */
  | 'by_pattern';

export interface RedactedCall<C extends ReceivedCall = ReceivedCall> {
  readonly call: C;
  readonly remark: RedactionRemark | undefined;
  /** Redacts other text about the call. */
  readonly redactText: (text: string) => string;
}

/** The hash behind pseudonyms (HMAC, SHA-256). */
export function keyedHash(key: string | Uint8Array): KeyedHash {
  return (text) => createHmac('sha256', key).update(text).digest();
}

/**
 * Replaces personal data in a call's body, headers, target and address, as `createRedactor` does.
 * The body keeps its spelling of escapes, and can be decoded and sent again.
 */
export function redactCall<C extends ReceivedCall>(call: C, hash: KeyedHash): RedactedCall<C> {
  const redactor = createRedactor(hash);
  // The second pass finds values everywhere that keys revealed in the first.
  redactOnce(call, redactor);
  return { ...redactOnce(call, redactor), redactText: (text) => redactor.text(text) };
}

/** Replaces personal data in a JSON text. */
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
  // UTF-16 text, or binary.
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

/** These describe how to read the body, or were replaced before. */
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
  // Boundary lines must keep matching the header.
  const isMultipart = /^multipart\//i.test(contentType);
  const lines = text.split('\n').map((line) => {
    return isMultipart && line.startsWith('--') ? line : redactor.text(line);
  });
  return { body: written(lines.join('\n')), keyless: text.trim() !== '' };
}

/** Reads invalid UTF-8 as Latin-1, one character for each byte. */
function textOf(body: Uint8Array): { text: string; charset: 'utf8' | 'latin1' } {
  try {
    return { text: strict.decode(body), charset: 'utf8' };
  } catch {
    return { text: Buffer.from(body).toString('latin1'), charset: 'latin1' };
  }
}
