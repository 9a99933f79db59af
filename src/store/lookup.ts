import type { EventFilter } from '../payload/event-filter.js';
import { anyToken, tokensOfFilter } from '../payload/lookup-tokens.js';
import type { Order, SeqRange } from './capture-index.js';
import { type Database, type Statement, unlessDamaged } from './database.js';
import {
  bucketOf,
  bytesOf,
  chunkCaptures,
  entryBytes,
  gapsOf,
  listSegments,
  readSeqs,
  type Segment,
} from './lookup-segments.js';

/** A range of captures, with the segment that describes all of them if there is one. */
export interface Stretch extends SeqRange {
  readonly segment: Segment | undefined;
}

/** Divides a range by segments, in order. */
export function listStretches(database: Database, range: SeqRange, order: Order): Stretch[] {
  const segments = unlessDamaged(() => listSegments(database)) ?? [];
  const all = [
    ...segments.map((segment) => ({ first: segment.first, last: segment.last, segment })),
    ...gapsOf(segments).map(({ first, last }) => ({ first, last, segment: undefined })),
  ];
  const direction = order === 'newest first' ? -1 : 1;
  return all
    .filter(({ first, last }) => first <= range.last && last >= range.first)
    .map(({ segment, first, last }) => ({
      segment,
      first: Math.max(first, range.first),
      last: Math.min(last, range.last),
    }))
    .sort((one, other) => (one.first - other.first) * direction);
}

/** Finds captures in segments. */
export interface Lookup {
  /**
   * The captures of a segment that may match, within a range. Undefined: the segment was removed meanwhile, and all
   * its captures may match.
   */
  seqs(segment: Segment, range: SeqRange, order: Order): number[] | undefined;
}

/** Undefined: no segment can answer the filter. */
export function createLookup(database: Database, filter: EventFilter): Lookup | undefined {
  const conditions = tokensOfFilter(filter);
  if (!conditions) return undefined;
  const part = database.prepare('select data from lookup_parts where lookup = ? and part = ?');
  const late = database.prepare('select capture from lookup_late where capture between ? and ?');

  return {
    seqs({ id, level }, { first, last }, order) {
      const seqs = late.all([first, last]).map(([seq]) => Number(seq));
      const having = (token: number) => numbersOf(part, { id, level }, token);
      const some = conditions
        .map((choices) => union(choices.map((tokens) => intersection(tokens, having))))
        .reduce(inBoth);
      const numbers = union([some, having(anyToken)]);
      const chunks = new Map<number, number[]>();
      // A merge removes the whole segment, so the first chunk is there as long as all other parts are.
      for (const chunk of [0, ...numbers.map(chunkOf)]) {
        if (chunks.has(chunk)) continue;
        const row = part.first([id, -1 - chunk]);
        if (!row) return undefined;
        chunks.set(chunk, readSeqs(row[0]));
      }
      for (const number of numbers) {
        const seq = chunks.get(chunkOf(number))?.[number % chunkCaptures];
        if (seq === undefined) return undefined;
        if (seq >= first && seq <= last) seqs.push(seq);
      }
      const direction = order === 'newest first' ? -1 : 1;
      return [...new Set(seqs)].sort((one, other) => (one - other) * direction);
    },
  };
}

function chunkOf(number: number): number {
  return Math.floor(number / chunkCaptures);
}

function union(lists: readonly (readonly number[])[]): number[] {
  return [...new Set(lists.flat())];
}

/** Reads the tokens' numbers one after the other, and none after an empty result. */
function intersection(
  tokens: readonly number[],
  having: (token: number) => number[],
): readonly number[] {
  let left: readonly number[] | undefined;
  for (const token of tokens) {
    if (left?.length === 0) break;
    const numbers = having(token);
    left = left ? inBoth(left, numbers) : numbers;
  }
  return left ?? [];
}

function inBoth(some: readonly number[], others: readonly number[]): number[] {
  const wanted = new Set(others);
  return some.filter((number) => wanted.has(number));
}

/** The numbers of a segment's captures that have a token. */
function numbersOf(
  part: Statement,
  { id, level }: Pick<Segment, 'id' | 'level'>,
  token: number,
): number[] {
  const bytes = bytesOf(part.first([id, bucketOf(token, level)])?.[0]);
  let low = 0;
  let high = bytes.length / entryBytes;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bytes.readUInt32BE(middle * entryBytes) < token) low = middle + 1;
    else high = middle;
  }
  const numbers: number[] = [];
  for (let at = low * entryBytes; at < bytes.length; at += entryBytes) {
    if (bytes.readUInt32BE(at) !== token) break;
    numbers.push(bytes.readUInt16BE(at + 4));
  }
  return numbers;
}
