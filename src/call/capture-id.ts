/**
 * A capture's id is ten characters of time (microseconds since 2025, so ids sort by recording) and
 * six of the store's tag, so ids of different machines never collide. Crockford's base 32 in lower
 * case omits i, l, o and u, which people misread.
 */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const epochMs = Date.UTC(2025, 0, 1);
export const placeLength = 10;
export const storeTagLength = 6;

/**
 * The place after `last` for a call recorded at `ms`; places always grow. Ignores a clock beyond
 * 2060, which ids cannot express.
 */
export function nextPlace(last: number, ms: number): number {
  const place = (ms - epochMs) * 1000;
  return place > lastPlace ? last + 1 : Math.max(last + 1, place);
}

/** The first place a call recorded at `ms` or later can have. */
export function placeAt(ms: number): number {
  return Math.max(0, Math.ceil((ms - epochMs) * 1000));
}

export function timeAt(place: number): number {
  return Math.floor(place / 1000) + epochMs;
}

/** The last place that ten characters can express. */
export const lastPlace = 32 ** placeLength - 1;

export function formatId(place: number, storeTag: string): string {
  return encode(place, placeLength) + storeTag;
}

/** The first and last place of ids with this prefix. Undefined when it is not an id. */
export function placesOfPrefix(prefix: string): { first: number; last: number } | undefined {
  const typed = unambiguous(prefix);
  if (typed === '' || typed.length > placeLength + storeTagLength) return undefined;
  for (const character of typed) if (!alphabet.includes(character)) return undefined;
  const place = typed.slice(0, placeLength);
  return {
    first: decode(place.padEnd(placeLength, '0')),
    last: decode(place.padEnd(placeLength, 'z')),
  };
}

/** A complete id, normalized. Undefined for a prefix or any other text. */
export function wholeId(typed: string): string | undefined {
  const id = unambiguous(typed);
  return id.length === placeLength + storeTagLength && placesOfPrefix(id) ? id : undefined;
}

/** Normalizes a typed id: lower case, with the look-alikes of Crockford's alphabet replaced. */
export function unambiguous(typed: string): string {
  return typed.trim().toLowerCase().replaceAll(/[il]/g, '1').replaceAll('o', '0');
}

/** The part of an id that is unique within its store, for lists and lines. */
export function shortId(id: string): string {
  return id.slice(0, placeLength);
}

export function makeStoreTag(random: Uint8Array): string {
  let tag = '';
  for (const byte of random.subarray(0, storeTagLength)) tag += alphabet[byte & 31];
  return tag;
}

function encode(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let index = 0; index < length; index += 1) {
    text = alphabet[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function decode(text: string): number {
  let value = 0;
  for (const character of text) value = value * 32 + alphabet.indexOf(character);
  return value;
}
