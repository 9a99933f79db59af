import { type EventFilter, isWholeEmail, phoneDigits } from './event-filter.js';
import { keyOf } from './event-key.js';
import type { IdentifiedEvent } from './payload.js';

/**
 * The token of a capture that no token describes, because it has too many or cannot be read. Every
 * search looks at such captures.
 */
export const anyToken = 0;

/** Letters of a piece of an identifier, and how many neighbouring pieces share one token. */
const pieceLength = 5;
const pieceWindow = 4;
/** A shorter part of an identifier has no certain token. */
const minPartLength = pieceLength + pieceWindow - 1;
/** Telephone numbers match with and without their country code, so the last digits must be equal. */
const phoneLength = 7;
/** The first digits of a key are its token. */
const keyLength = 8;
const separators = /[+\s().-]+/g;

/**
 * Adds the tokens of an event: of its message, its key and its contact. Tokens are hashes of 32 bits,
 * so an equal token only means that the event may match.
 *
 * A search for a contact also finds parts of an identifier, in which any token of the part must be a token of
 * the whole. So an identifier has a token for each seven digits in a row, and, of every few neighbouring
 * pieces, one for the piece with the smallest hash.
 */
export function addTokens(event: IdentifiedEvent, tokens: Set<number>): void {
  if (event.msgid !== null) tokens.add(tokenOf('m', event.msgid));
  const key = keyOf(event);
  if (key !== undefined) tokens.add(keyToken(key));
  if (event.who !== null) addContact(event.who, tokens);
  // An event often has one identifier in several fields.
  let previous = event.who;
  for (const id of event.ids ?? []) {
    if (id !== previous) addContact(id, tokens);
    previous = id;
  }
}

function addContact(id: string, tokens: Set<number>): void {
  const folded = id.toLowerCase();
  if (isWholeEmail(folded)) tokens.add(tokenOf('c', folded));
  const plain = folded.replace(separators, '');
  for (const [digits] of plain.matchAll(/\d{7,}/g)) {
    for (let at = 0; at + phoneLength <= digits.length; at += 1) {
      tokens.add(tokenOf('d', digits.slice(at, at + phoneLength)));
    }
  }
  // A part that is not all digits cannot stand in a number.
  if (/[^\d]/.test(plain)) addPieces(plain, tokens);
}

/** Adds the token of the piece with the smallest hash of each window. */
function addPieces(text: string, tokens: Set<number>): void {
  const count = text.length - pieceLength + 1;
  const hashes: number[] = [];
  for (let at = 0; at < count; at += 1) {
    hashes.push(tokenOf('p', text.slice(at, at + pieceLength)));
    if (at + 1 < pieceWindow) continue;
    tokens.add(Math.min(...hashes.slice(at + 1 - pieceWindow)));
  }
}

/** Tokens of which a capture has all if it matches. */
type AllOf = readonly number[];

/**
 * What a matching capture has: for each member, all tokens of any of its choices. Undefined: no token
 * is certain.
 */
export function tokensOfFilter({ msgids, people, keys }: EventFilter) {
  const conditions = [
    choices(keys, (key) => (key.length < keyLength ? undefined : [keyToken(key)])),
    choices(people, tokensOfPart),
    choices(msgids, (msgid) => [tokenOf('m', msgid)]),
  ].filter((some) => some !== undefined);
  return conditions.length === 0 ? undefined : conditions;
}

/** Whether the tokens of a filter tell which captures cannot match. */
export function canLookUp(filter: EventFilter): boolean {
  return tokensOfFilter(filter) !== undefined;
}

/** More values are quicker to compare with every capture. */
const maxChoices = 100;

function choices(
  values: readonly string[],
  tokensOf: (value: string) => AllOf | undefined,
): readonly AllOf[] | undefined {
  if (values.length === 0 || values.length > maxChoices) return undefined;
  const found = values.map(tokensOf);
  return found.every((tokens) => tokens !== undefined) ? found : undefined;
}

/** `wanted`: a contact or a part of one, in lower case. */
function tokensOfPart(wanted: string): AllOf | undefined {
  if (isWholeEmail(wanted)) return [tokenOf('c', wanted)];
  const plain = wanted.replace(separators, '');
  if (phoneDigits(wanted) !== '' || /^\d{7,}$/.test(plain)) {
    return [tokenOf('d', plain.slice(-phoneLength))];
  }
  if (plain.length < minPartLength || !/[^\d]/.test(plain)) return undefined;
  const tokens = new Set<number>();
  addPieces(plain, tokens);
  return [...tokens];
}

function keyToken(key: string): number {
  const token = Number.parseInt(key.slice(0, keyLength), 16);
  return Number.isNaN(token) || token === anyToken ? 1 : token;
}

/** FNV-1a over UTF-16 code units, then mixed so that every bit depends on every other. */
function tokenOf(kind: string, text: string): number {
  let hash = 0x811c9dc5 ^ kind.charCodeAt(0);
  hash = Math.imul(hash, 0x01000193);
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
