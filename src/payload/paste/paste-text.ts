import { wideEncoding } from '../text-encoding.js';
import { invalidUtf8At } from '../utf8.js';
import { inflated } from './dumps.js';
import { failed, type Reading } from './reading.js';
import { layered, pasted, type Source } from './source.js';

export interface PasteText {
  readonly source: Source;
  /** Converts a text offset to a byte offset in the paste. */
  readonly toByte: (offset: number) => number;
}

const encoder = new TextEncoder();

/** Decodes a paste in any encoding, gzip included; returns a failed reading for binary data. */
export function readPasteText(bytes: Uint8Array, mayBeZipped = true): PasteText | Reading {
  const wide = wideEncoding(bytes);
  if (wide) {
    const text = new TextDecoder(wide.name).decode(bytes);
    const source = layered(pasted(text), { name: 'utf16', detail: wide.description });
    return { source, toByte: (offset) => offset * 2 + wide.mark };
  }
  const plain = mayBeZipped ? inflated(bytes) : bytes;
  if (plain !== undefined && plain !== bytes) {
    const inner = readPasteText(plain, false);
    if ('found' in inner) return inner;
    const source = layered(inner.source, { name: 'gzip', detail: 'gzip data' });
    return { source, toByte: () => 0 };
  }
  const what = binaryKind(bytes);
  if (what !== undefined) return failed('paste_binary', () => ({ what }));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const offset = invalidUtf8At(bytes);
    return failed('paste_not_utf8', () => ({ in: 'The input', offset }));
  }
  const toByte = (mark: number) => (offset: number) =>
    encoder.encode(text.slice(0, offset + mark)).length;
  if (!text.startsWith('\ufeff')) return { source: pasted(text), toByte: toByte(0) };
  const source = layered(pasted(text.slice(1)), {
    name: 'byte_order_mark',
    detail: 'a byte-order mark',
  });
  return { source, toByte: toByte(1) };
}

const signatures: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ['gzip data', [0x1f, 0x8b]],
  ['zip data', [0x50, 0x4b, 0x03, 0x04]],
  ['zstd data', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46]],
  ['an SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20]],
];

function binaryKind(bytes: Uint8Array): string | undefined {
  for (const [what, start] of signatures) {
    if (start.every((byte, at) => bytes[at] === byte)) return what;
  }
  const start = bytes.subarray(0, 4096);
  let odd = 0;
  for (const byte of start) {
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) odd += 1;
  }
  // A log may contain a few NUL bytes; binary data has many.
  return odd > start.length / 20 ? 'binary data' : undefined;
}
