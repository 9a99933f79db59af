import { fromBytes, inflated } from './dumps.js';
import { spend } from './effort.js';
import { peeled, type Source, spendPasses } from './source.js';

const strict = new TextDecoder('utf-8', { fatal: true });
const payloadStart =
  /^\s*(?:[{["]|data\s*=|%(?:25)*(?:7B|5B|22)|&quot;|(?:POST|PUT|PATCH) \S{1,4000} HTTP\/)/i;

/** Decodes base64, also URL-safe, with blanks in place of `+`, and on several lines. */
export function peelBase64(source: Source): Source | undefined {
  if (!mayBeBase64(source.text)) return undefined;
  spend(source.effort, costOfBase64 + source.text.length * 6);
  const body = bytesOfBase64(source.text);
  if (body === undefined) return undefined;
  const plain = inflated(body);
  if (plain === undefined) return undefined;
  let text: string;
  try {
    text = strict.decode(plain);
  } catch {
    return undefined;
  }
  if (!payloadStart.test(text)) return undefined;
  if (plain !== body) {
    return fromBytes(source, text, { name: 'gzip', detail: 'gzip data in base64' });
  }
  // Four characters encode three bytes; line breaks and characters beyond ASCII make this
  // approximate.
  const before = (offset: number) => Math.min(source.text.length, Math.floor((offset * 4) / 3));
  return peeled(source, text, { name: 'base64', detail: 'base64' }, before);
}

/** JSON, form bodies and prose contain an invalid character early. */
function mayBeBase64(text: string): boolean {
  return text.length >= 8 && /^[\w+/\s-]{8}/.test(text) && mayBegin(text);
}

/** The minimum cost: most decoded bytes are not text, and errors are slow. */
const costOfBase64 = 1200;

function bytesOfBase64(text: string): Uint8Array | undefined {
  const dense = densed(text.trim());
  const padding = dense.indexOf('=');
  const digits = padding === -1 ? dense : dense.slice(0, padding);
  if (padding !== -1 && !/^={1,2}$/.test(dense.slice(padding))) return undefined;
  if (digits.length % 4 === 1 || !isBase64(digits)) return undefined;
  const binary = atob(digits);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Whether the first bytes can begin a payload, since any word is valid base64. */
function mayBegin(text: string): boolean {
  const dense = densed(text.slice(0, headLength).trimStart()).replace(/[^A-Za-z0-9+/].*$/s, '');
  const head = atob(dense.slice(0, dense.length - (dense.length % 4)));
  if (/^(?:\x1f\x8b|x[\x01\x5e\x9c\xda])/.test(head)) return true;
  return payloadStart.test(head) || /^\s*(?:P[A-Z]{2,4} .*|%[25]*|data\s*|&[a-z]*)?$/is.test(head);
}

const headLength = 400;

/** Removes line breaks and escapes, and maps to the plain base64 alphabet. */
function densed(text: string): string {
  // Replacing plain strings takes far less memory than regular expressions.
  let dense = text.replaceAll('\r', '').replaceAll('\n', '').replaceAll('\t', '');
  if (dense.includes('%')) {
    dense = dense.replace(/%3d/gi, '=').replace(/%2b/gi, '+').replace(/%2f/gi, '/');
  }
  return dense.replaceAll(' ', '+').replaceAll('-', '+').replaceAll('_', '/');
}

function isBase64(text: string): boolean {
  return !/[^A-Za-z0-9+/]/.test(text);
}

/** Decodes plain hexadecimal, as `xxd -p` prints it. */
export function peelHex(source: Source): Source | undefined {
  if (!/^[\da-f]{16}/i.test(source.text) || /[^\da-f\s]/i.test(source.text)) return undefined;
  spendPasses(source, 12);
  const digits = source.text.replace(/\s+/g, '');
  if (digits.length % 2 === 1) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
  }
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    return undefined;
  }
  if (!payloadStart.test(text)) return undefined;
  return peeled(source, text, { name: 'hex', detail: 'hexadecimal' }, (offset) => offset * 2);
}
