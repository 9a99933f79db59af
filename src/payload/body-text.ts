/** A body as bytes of UTF-8, and what its text began with. */
export interface BodyText {
  readonly bytes: Uint8Array;
  /** Where the text begins, behind a byte-order mark and white space. */
  readonly start: number;
  readonly warning:
    | { readonly code: 'charset' | 'byte_order_mark'; readonly message: string }
    | undefined;
}

/**
 * The text of a body, whatever its label says of the character set: UTF-16 is known by its mark or
 * by its zeros, everything else is taken for UTF-8.
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

/** What is not UTF-8, read as the character set that its label names; undefined: it names none. */
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

/** Bytes that are looked at: what would be text is every second one. */
const looked = 64;

function wideCharset(body: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = body;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (body.length < 8 || (first !== 0 && second !== 0)) return undefined;
  const parity = first === 0 ? 0 : 1;
  for (let at = 0; at < Math.min(body.length, looked); at += 1) {
    if ((body[at] === 0) !== (at % 2 === parity)) return undefined;
  }
  return parity === 1 ? 'utf-16le' : 'utf-16be';
}

function blanksEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isBlankByte(bytes[at] as number)) at += 1;
  return at;
}

function isBlankByte(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
