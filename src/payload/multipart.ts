import type { FieldAt } from './form-codec.js';

/**
 * Finds the part of a multipart body that holds the payload: the first named `data`, else the first
 * whose name differs only by case. `null`: the body is not multipart.
 * https://www.rfc-editor.org/rfc/rfc7578
 */
export function* findPart(
  body: Uint8Array,
  contentType: string | undefined,
): Generator<undefined, FieldAt | undefined | null> {
  const boundary = boundaryOf(body, contentType);
  if (boundary === undefined) return null;
  const delimiter = encoder.encode(boundary);
  const first = indexOf(body, delimiter, 0);
  if (first === -1) return null;
  let exact: FieldAt | undefined;
  let near: FieldAt | undefined;
  let parts = 0;
  for (let at = first; at !== -1; ) {
    const header = headerEnd(body, at + delimiter.length);
    if (header === -1) break;
    const next = indexOf(body, delimiter, header);
    const end = next === -1 ? body.length : lineEndBefore(body, next);
    const name = nameIn(latin.decode(body.subarray(at + delimiter.length, header)));
    const part = { name, start: Math.min(header, end), end };
    if (name === 'data') exact = { ...part, ...exact, count: (exact?.count ?? 0) + 1 };
    else if (name.trim().toLowerCase() === 'data') {
      near = { ...part, ...near, count: (near?.count ?? 0) + 1 };
    }
    at = next;
    parts += 1;
    if (parts % stepParts === 0) yield;
  }
  return exact ?? near;
}

const stepParts = 1000;
/** Maximum length of a part's header. */
const maxHeaderBytes = 4096;
const encoder = new TextEncoder();
/** Decodes one character for each byte. */
const latin = new TextDecoder('latin1');

/** The delimiter between parts, from the body's first line rather than its label. */
function boundaryOf(body: Uint8Array, contentType: string | undefined): string | undefined {
  const start = latin.decode(body.subarray(0, 400));
  const sniffed = /^\s{0,100}(--[^\s]{1,100})[ \t]{0,9}\r?\nContent-[A-Za-z-]{1,40}:/i.exec(
    start,
  )?.[1];
  if (sniffed !== undefined) return sniffed;
  const named = /^\s*multipart\/[^;]+;(?:.*;)?\s*boundary="?([^";\s]{1,100})/i.exec(
    contentType ?? '',
  );
  return named?.[1] === undefined ? undefined : `--${named[1]}`;
}

/** The offset after the blank line that ends a part's header; -1 without one. */
function headerEnd(body: Uint8Array, from: number): number {
  const header = latin.decode(body.subarray(from, from + maxHeaderBytes));
  const blank = /\r?\n\r?\n/.exec(header);
  return blank ? from + blank.index + blank[0].length : -1;
}

function nameIn(header: string): string {
  return (
    /^content-disposition:[^\n]{0,2000}?[;\s]name="?([^";\r\n]{0,200})/im.exec(header)?.[1] ?? ''
  );
}

/** The start of the line break before a delimiter, which belongs to the delimiter. */
function lineEndBefore(body: Uint8Array, at: number): number {
  if (body[at - 1] !== 0x0a) return at;
  return body[at - 2] === 0x0d ? at - 2 : at - 1;
}

function indexOf(body: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first = 0] = wanted;
  for (let at = body.indexOf(first, from); at !== -1; at = body.indexOf(first, at + 1)) {
    let length = 1;
    while (length < wanted.length && body[at + length] === wanted[length]) length += 1;
    if (length === wanted.length) return at;
  }
  return -1;
}
