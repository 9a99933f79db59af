import { createRequire } from 'node:module';
import type Zlib from 'node:zlib';
import type { ReceivedCall } from './call.js';
import { headerValue } from './headers.js';

/** Bounds a decoded body, so that a compressed bomb cannot fill the memory. */
const maxDecodedBytes = 10 * 1024 * 1024;
const maxCodings = 2;

/** A body with its content codings removed, as far as possible. */
export interface PlainBody {
  readonly body: Uint8Array;
  /** Why the body differs from what its header claims; undefined when it matches. */
  readonly fault: CodingFault | undefined;
}

/**
 * `unlabelled`: the body is coded without a header. `mislabelled`: the header names a coding that
 * the body lacks.
 */
interface CodingFault {
  readonly kind: 'unlabelled' | 'mislabelled';
  /** What the header names, or what the body is coded with. */
  readonly coding: string;
  /** Why decoding as the header says failed, for the end of a sentence. */
  readonly reason: string;
}

/** Whether a header names a coding, or the body begins like a coded one. */
export function mayBeCoded({ headers, body }: Pick<ReceivedCall, 'headers' | 'body'>): boolean {
  return headerValue(headers, 'content-encoding') !== undefined || codingOf(body) !== undefined;
}

/**
 * Removes the content codings that the header names and those that the body's first bytes reveal.
 */
export function plainBody({ headers, body }: Pick<ReceivedCall, 'headers' | 'body'>): PlainBody {
  const header = headerValue(headers, 'content-encoding');
  if (header === undefined || /^\s*(?:identity)?\s*$/i.test(header))
    return sniffed(body, undefined);
  try {
    return { body: sniffed(removeCodings(body, header), undefined).body, fault: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return sniffed(body, { kind: 'mislabelled', coding: header.slice(0, 100), reason });
  }
}

function sniffed(body: Uint8Array, fault: CodingFault | undefined): PlainBody {
  let plain = body;
  let found = fault;
  for (let times = 0; times < maxCodings; times += 1) {
    const coding = codingOf(plain);
    if (coding === undefined) break;
    try {
      plain = removeCoding(plain, coding);
    } catch {
      break;
    }
    found ??= { kind: 'unlabelled', coding, reason: '' };
  }
  return { body: plain, fault: found };
}

/** The coding that a body's first bytes reveal: https://www.rfc-editor.org/rfc/rfc1952, rfc1950. */
function codingOf(body: Uint8Array): 'gzip' | 'deflate' | undefined {
  const [first = 0, second = 0] = body;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  return first === 0x78 && (first * 256 + second) % 31 === 0 ? 'deflate' : undefined;
}

function removeCodings(body: Uint8Array, header: string): Uint8Array {
  const codings = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  if (codings.length > maxCodings) throw new Error('it is encoded more than twice');
  // Codings are listed in the order in which they were applied.
  return codings.reduceRight<Uint8Array>((bytes, name) => removeCoding(bytes, name), body);
}

function removeCoding(bytes: Uint8Array, name: string): Uint8Array {
  if (name === '' || name === 'identity') return bytes;
  const bounded = { maxOutputLength: maxDecodedBytes };
  // Few calls are coded, and loading zlib takes a noticeable part of a short command's time.
  const zlib = createRequire(import.meta.url)('node:zlib') as typeof Zlib;
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzipSync(bytes, bounded);
    case 'deflate':
      // Some senders omit the zlib header.
      return codingOf(bytes) === 'deflate'
        ? zlib.inflateSync(bytes, bounded)
        : zlib.inflateRawSync(bytes, bounded);
    case 'br':
      return zlib.brotliDecompressSync(bytes, bounded);
    default:
      throw new Error('the coding is not supported');
  }
}
