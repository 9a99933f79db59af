/** A body as UTF-8, with a warning about its start. */
export interface BodyText {
  readonly bytes: Uint8Array;
  /** The offset after a byte-order mark and white space. */
  readonly start: number;
  readonly warning:
    | { readonly code: 'charset' | 'byte_order_mark'; readonly message: string }
    | undefined;
}

/**
 * Converts a body to UTF-8, regardless of its charset label: detects UTF-16 by its mark or its
 * zeros, and treats anything else as UTF-8.
 */
export function bodyText(body: Uint8Array): BodyText {
  const wide = wideCharset(body);
  if (wide !== undefined) {
    const bytes = new TextEncoder().encode(new TextDecoder(wide).decode(body));
    const message = 'The body is UTF-16; Netcore sends UTF-8.';
    return { bytes, start: blanksEnd(bytes, 0), warning: { code: 'charset', message } };
  }
  const marked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  const start = blanksEnd(body, marked ? 3 : 0);
  const message = 'The body begins with a byte-order mark.';
  return {
    bytes: body,
    start,
    warning: marked ? { code: 'byte_order_mark', message } : undefined,
  };
}

/** Converts invalid UTF-8 from the charset in its label; undefined without a label. */
export function inCharset(
  bytes: Uint8Array,
  contentType: string | undefined,
): Uint8Array | undefined {
  const charset = /;\s*charset="?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return undefined;
  try {
    return new TextEncoder().encode(new TextDecoder(charset, { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Bytes to inspect: in UTF-16, every second byte of ASCII is zero. */
const inspectedBytes = 64;

function wideCharset(body: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = body;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (body.length < 8 || (first !== 0 && second !== 0)) return undefined;
  const zeroParity = first === 0 ? 0 : 1;
  for (let at = 0; at < Math.min(body.length, inspectedBytes); at += 1) {
    if ((body[at] === 0) !== (at % 2 === zeroParity)) return undefined;
  }
  return zeroParity === 1 ? 'utf-16le' : 'utf-16be';
}

function blanksEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isBlankByte(bytes[at] as number)) at += 1;
  return at;
}

function isBlankByte(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
