import { formDecoded } from '../payload/form-codec.js';
import { atOnce, openCallSteps } from '../payload/read-call.js';
import type { ReceivedCall } from './call.js';
import { plainBody } from './content-coding.js';
import { headerValue } from './headers.js';

/**
 * Whether a call contains a text, given in lower case: in its payload's JSON with escapes resolved,
 * or else anywhere in its body.
 */
export function callHolds(call: Pick<ReceivedCall, 'headers' | 'body'>, text: string): boolean {
  const { body } = plainBody(call);
  const opened = atOnce(openCallSteps(body, headerValue(call.headers, 'content-type')));
  if (opened.kind === 'payload') return holds(opened.text(), text);
  const decoder = new TextDecoder();
  return (
    holds(decoder.decode(body), text) ||
    holds(decoder.decode(formDecoded(body, 0, body.length)), text)
  );
}

/** Searched in windows, since text without escapes and in lower case takes as much memory again. */
const windowLength = 256 * 1024;
/** Length of a JSON escape. */
const maxEscape = 6;

function holds(text: string, wanted: string): boolean {
  const overlap = (wanted.length + 1) * maxEscape;
  for (let at = 0; at < text.length; at += windowLength) {
    const part = text.slice(outsideEscape(text, at - overlap), at + windowLength);
    const plain = part.includes('\\') ? unescaped(part) : part;
    if (plain.toLowerCase().includes(wanted)) return true;
  }
  return false;
}

/** The index, or the start of the escape that it falls into. */
function outsideEscape(text: string, offset: number): number {
  if (offset <= 0) return 0;
  let at = text.lastIndexOf('\\', offset);
  if (at < offset - maxEscape) return offset;
  // The first of several backslashes begins an escape.
  for (const first = at - windowLength; at > 0 && at > first && text[at - 1] === '\\'; ) at -= 1;
  return at;
}

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function unescaped(json: string): string {
  return json.replace(/\\(?:u([\da-f]{4})|(.))/gis, (_, unit?: string, sign = '') =>
    unit === undefined ? (escapes[sign] ?? sign) : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}
