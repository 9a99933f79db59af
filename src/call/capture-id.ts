/**
 * A capture's id: ten characters for its place in time (microseconds since 2025, so ids sort as
 * calls were recorded), then six for the store that recorded it, so that ids of several machines
 * never meet. Crockford's base 32 in lower case: no i, l, o or u to misread.
 */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const epochMs = Date.UTC(2025, 0, 1);
export const placeLength = 10;
export const storeTagLength = 6;

/**
 * The place of a call recorded at `ms` after one recorded at place `last`: it always grows. A clock
 * that says a time which no id can tell (from 2060 on) is not believed.
 */
export function nextPlace(last: number, ms: number): number {
  const place = (ms - epochMs) * 1000;
  return place > lastPlace ? last + 1 : Math.max(last + 1, place);
}

/** The first place that a call recorded at `ms` or later can have. */
export function placeAt(ms: number): number {
  return Math.max(0, Math.ceil((ms - epochMs) * 1000));
}

/** When the capture at a place was recorded, in milliseconds since 1970. */
export function timeAt(place: number): number {
  return Math.floor(place / 1000) + epochMs;
}

/** The last place that an id of ten characters can tell. */
export const lastPlace = 32 ** placeLength - 1;

export function formatId(place: number, storeTag: string): string {
  return encode(place, placeLength) + storeTag;
}

/** The first and last place that an id with this beginning can have; undefined: it is no id. */
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

/** The whole id that was typed; undefined: it is the beginning of one, or none. */
export function wholeId(typed: string): string | undefined {
  const id = unambiguous(typed);
  return id.length === placeLength + storeTagLength && placesOfPrefix(id) ? id : undefined;
}

/** What was typed, as an id writes it: lower case, and the look-alikes of Crockford's alphabet. */
export function unambiguous(typed: string): string {
  return typed.trim().toLowerCase().replaceAll(/[il]/g, '1').replaceAll('o', '0');
}

/** The part of an id that is enough within its store, for lists and lines. */
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
