import { maxSeq } from '../call/capture-id.js';
import type { SeqRange } from './capture-index.js';
import type { Database } from './database.js';

/**
 * A part of the index of contacts, messages and keys, which describes all captures of a range. Segments
 * never change: several of one level are merged into one of the next level.
 *
 * Its rows in `lookup_parts`: those with a number below zero have the sequence numbers of its captures, in order, up
 * to `chunkCaptures` each, as doubles. The others have its entries by the first bits of their tokens:
 * a token (four bytes), and the number of a capture in the segment (two bytes), both sorted.
 */
export interface Segment extends SeqRange {
  readonly id: number;
  readonly level: number;
  readonly entries: number;
}

/** Captures of a segment of level 0. */
export const chunkCaptures = 256;
/** Segments of one level that are merged. */
export const mergedSegments = 16;
export const maxLevel = 2;
export const entryBytes = 6;
const seqBytes = 8;

/** A row of a segment has some 100 to 1000 entries at any level. */
export function bucketOf(token: number, level: number): number {
  return Math.floor(token / 2 ** (30 - level * 4));
}

export function listSegments(database: Database): Segment[] {
  return database
    .prepare('select id, first, last, level, entries from lookups where level >= 0 order by first')
    .all([])
    .map((row) => {
      const [id = 0, first = 0, last = 0, level = 0, entries = 0] = row.map(Number);
      return { id, first, last, level, entries };
    });
}

/** Ranges that no segment describes. Captures may still be added to the last one. */
export interface Gap extends SeqRange {
  readonly isLast: boolean;
}

export function gapsOf(segments: readonly Segment[]): Gap[] {
  const gaps: Gap[] = [];
  let first = 0;
  for (const segment of segments) {
    if (segment.first > first) gaps.push({ first, last: segment.first - 1, isLast: false });
    first = segment.last + 1;
  }
  return [...gaps, { first, last: maxSeq, isLast: true }];
}

/** A segment in memory. */
export interface SegmentContent {
  readonly level: number;
  /** Sequence numbers by chunk. */
  readonly chunks: readonly (readonly number[])[];
  /** `entryOf` each, sorted and without duplicates. */
  readonly entries: Float64Array;
}

/** One number for a token and a capture's number in its segment: sorts by token first. */
export function entryOf(token: number, chunk: number, index: number): number {
  return token * 0x10000 + chunk * chunkCaptures + index;
}

/** A row of `lookup_parts`. */
export type Part = readonly [part: number, data: Uint8Array];

export function* partsOf({ level, chunks, entries }: SegmentContent): Generator<Part> {
  for (const [chunk, seqs] of chunks.entries()) yield [-1 - chunk, packSeqs(seqs)];
  for (let from = 0; from < entries.length; ) {
    const bucket = bucketAt(entries, from, level);
    let to = from + 1;
    while (to < entries.length && bucketAt(entries, to, level) === bucket) to += 1;
    yield [bucket, packEntries(entries.subarray(from, to))];
    from = to;
  }
}

function packSeqs(seqs: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(seqs.length * seqBytes);
  seqs.forEach((seq, index) => {
    bytes.writeDoubleLE(seq, index * seqBytes);
  });
  return bytes;
}

function bucketAt(entries: Float64Array, index: number, level: number): number {
  return bucketOf(tokenOf(entries[index] ?? 0), level);
}

function tokenOf(entry: number): number {
  return Math.floor(entry / 0x10000);
}

function packEntries(entries: Float64Array): Uint8Array {
  const bytes = Buffer.alloc(entries.length * entryBytes);
  entries.forEach((entry, index) => {
    bytes.writeUIntBE(entry, index * entryBytes, entryBytes);
  });
  return bytes;
}

/** The content of adjacent segments as one of the next level; undefined: one of them was removed. */
export function mergeSegments(
  database: Database,
  segments: readonly Segment[],
): SegmentContent | undefined {
  const parts = database.prepare('select part, data from lookup_parts where lookup = ?');
  const chunks: number[][] = [];
  const entries = new Float64Array(segments.reduce((sum, each) => sum + each.entries, 0));
  let count = 0;
  for (const { id } of segments) {
    const rows = parts.all([id]);
    const shift = chunks.length * chunkCaptures;
    const own = rows.filter(([part]) => Number(part) < 0);
    if (own.length === 0) return undefined;
    for (const [part, data] of own)
      chunks[shift / chunkCaptures - 1 - Number(part)] = readSeqs(data);
    for (const [part, data] of rows) {
      if (Number(part) < 0) continue;
      const bytes = bytesOf(data);
      for (let at = 0; at < bytes.length; at += entryBytes) {
        entries[count] = bytes.readUIntBE(at, entryBytes) + shift;
        count += 1;
      }
    }
  }
  const level = (segments[0]?.level ?? 0) + 1;
  return { level, chunks, entries: entries.subarray(0, count).sort() };
}

export function bytesOf(data: unknown): Buffer {
  return data instanceof Uint8Array
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.alloc(0);
}

export function readSeqs(data: unknown): number[] {
  const bytes = bytesOf(data);
  const seqs: number[] = [];
  for (let at = 0; at < bytes.length; at += seqBytes) seqs.push(bytes.readDoubleLE(at));
  return seqs;
}

/**
 * Removes the segments that describe a capture, within the caller's transaction. Their other captures are
 * searched one by one until they are described again.
 */
export function prepareForgetting(database: Database): (seq: number) => void {
  const drop = database.prepare('delete from lookups where first <= ?1 and last >= ?1');
  const change = database.prepare('update lookup_builder set epoch = epoch + 1');
  return (seq) => {
    drop.run([seq]);
    change.run([]);
  };
}
