/**
 * A capture's id: ten characters for its sequence number (microseconds since 2025, so ids sort in the
 * order of recording), then six for the tag of its store, so that machines never create the same id.
 * Written in Crockford's base 32 in lower case, which has no i, l, o or u to misread.
 */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const epochMs = Date.UTC(2025, 0, 1);
export const seqLength = 10;
export const storeTagLength = 6;

/**
 * The sequence number of a call recorded at `ms`, which is always greater than `last`. Ignores a clock
 * beyond the last time that an id can contain (in 2060).
 */
export function nextSeq(last: number, ms: number): number {
  const seq = (ms - epochMs) * 1000;
  return seq > maxSeq ? last + 1 : Math.max(last + 1, seq);
}

/** The lowest sequence number of a call recorded at `ms` or later. */
export function seqAt(ms: number): number {
  return Math.max(0, Math.ceil((ms - epochMs) * 1000));
}

/** When the capture with this sequence number was recorded, in milliseconds since 1970. */
export function timeAt(seq: number): number {
  return Math.floor(seq / 1000) + epochMs;
}

/** The highest sequence number that an id can contain. */
export const maxSeq = 32 ** seqLength - 1;

export function formatId(seq: number, storeTag: string): string {
  return encode(seq, seqLength) + storeTag;
}

/** The sequence numbers of ids with this prefix; undefined: no id has it. */
export function seqRangeOfPrefix(prefix: string): { first: number; last: number } | undefined {
  const typed = unambiguous(prefix);
  if (typed === '' || typed.length > seqLength + storeTagLength) return undefined;
  for (const character of typed) if (!alphabet.includes(character)) return undefined;
  const digits = typed.slice(0, seqLength);
  return {
    first: decode(digits.padEnd(seqLength, '0')),
    last: decode(digits.padEnd(seqLength, 'z')),
  };
}

/** The whole id that was typed; undefined: it is only a prefix, or not an id. */
export function wholeId(typed: string): string | undefined {
  const id = unambiguous(typed);
  return id.length === seqLength + storeTagLength && seqRangeOfPrefix(id) ? id : undefined;
}

/** Normalises a typed id: lower case, and Crockford's look-alikes replaced. */
export function unambiguous(typed: string): string {
  return typed.trim().toLowerCase().replaceAll(/[il]/g, '1').replaceAll('o', '0');
}

/** The part of an id that is unique within its store, for lists and lines. */
export function shortId(id: string): string {
  return id.slice(0, seqLength);
}

export function makeStoreTag(random: Uint8Array): string {
  let tag = '';
  for (const byte of random.subarray(0, storeTagLength)) tag += alphabet[byte & 31];
  return tag;
}

function encode(value: number, length: number): string {
  let text = '';
  let remaining = value;
  for (let index = 0; index < length; index += 1) {
    text = alphabet[remaining % 32] + text;
    remaining = Math.floor(remaining / 32);
  }
  return text;
}

function decode(text: string): number {
  let value = 0;
  for (const character of text) value = value * 32 + alphabet.indexOf(character);
  return value;
}
