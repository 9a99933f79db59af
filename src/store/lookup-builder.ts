import type { HeaderPairs } from '../call/call.js';
import { maxSeq } from '../call/capture-id.js';
import { everyEventOf } from '../call/content.js';
import { addTokens, anyToken } from '../payload/lookup-tokens.js';
import type { IdentifiedEvent } from '../payload/payload.js';
import { oldestSeq, type SeqRange, seqsByStatus } from './capture-index.js';
import { readJson } from './capture-row.js';
import {
  type Database,
  readNumber,
  type Statement,
  transaction,
  unlessDamaged,
} from './database.js';
import { knownEvents, lateJoin, readEvents } from './event-index.js';
import type { StoreFiles } from './folder.js';
import {
  chunkCaptures,
  entryOf,
  type Gap,
  gapsOf,
  listSegments,
  maxLevel,
  mergedSegments,
  mergeSegments,
  type Part,
  partsOf,
  type Segment,
  type SegmentContent,
} from './lookup-segments.js';
import { openUpToDate } from './schema.js';

/** Describes a store's captures in segments, step by step. One process at a time does so. */
export interface LookupBuilder {
  /** Takes a step. False: there is nothing to do now, or another process is building. */
  step(database: Database): boolean;
}

interface BuilderSettings {
  /** Differs from that of any other builder. */
  readonly name: string;
  /** Milliseconds of a clock that is never set. */
  readonly monotonic: () => number;
  /** For how long another builder must not have taken a step before this one continues its work. */
  readonly patienceMs: number;
}

/** The newest captures, as long as they are fewer, are quick to search one by one. */
const minCaptures = 32;
/** Bodies from which fewer captures than usual make a segment, so that few large ones are searched. */
const maxChunkBytes = 8 * 1024 * 1024;
const maxChunkEntries = 100_000;
/** Larger segments would take too much memory. */
const maxEntries = 2_000_000;
/** Every search reads the captures that were added late to a range. */
const maxLate = 500;
/** Bytes in one transaction: limits how long a call waits to be recorded. */
const stepBytes = 1024 * 1024;

/** Tokens of a capture, whose size bounds that of the index. */
function maxTokens(bodyBytes: number): number {
  return 200 + bodyBytes / 24;
}

export function createLookupBuilder({
  name,
  monotonic,
  patienceMs,
}: BuilderSettings): LookupBuilder {
  let seen: { readonly beat: number; readonly at: number } | undefined;

  function mayBuild({ holder, beat }: State): boolean {
    if (holder === name || holder === '') return true;
    if (seen?.beat !== beat) seen = { beat, at: monotonic() };
    return monotonic() - seen.at >= patienceMs;
  }

  /** Acts in a transaction, unless an erasure or another builder has changed something since `before`. */
  function act<T>(database: Database, before: State, write: () => T): T | undefined {
    return transaction(database, () => {
      const { epoch, holder, beat } = readState(database);
      if (epoch !== before.epoch || (holder !== name && beat !== before.beat)) return undefined;
      database.prepare('update lookup_builder set holder = ?, beat = beat + 1').run([name]);
      return write();
    });
  }

  function tidyUp(database: Database, before: State): void {
    const outdated = findOutdated(database);
    if (outdated.length === 0) return;
    act(database, before, () => {
      const late = database.prepare('delete from lookup_late where capture between ? and ?');
      const drop = database.prepare('delete from lookups where id = ?');
      for (const { id, first, last } of outdated) {
        drop.run([id]);
        late.run([first, last]);
      }
    });
  }

  function describe(database: Database, chunk: Chunk, before: State): void {
    const { range, content } = chunk;
    const seqs = new Set(content.chunks.flat());
    act(database, before, () => {
      // An import may have added some meanwhile.
      for (const seq of seqsByStatus(database, range, 'oldest first')) if (!seqs.has(seq)) return;
      const id = addRow(database, range, content);
      addParts(database, id, partsOf(content));
      show(database, id, content);
    });
  }

  function merge(database: Database, segments: readonly Segment[], before: State): void {
    const content = mergeSegments(database, segments);
    const [start] = segments;
    const end = segments.at(-1);
    if (!content || !start || !end) return;
    const range = { first: start.first, last: end.last };
    const id = act(database, before, () => addRow(database, range, content));
    if (id === undefined) return;
    for (const parts of inSteps(partsOf(content))) {
      if (!transaction(database, () => addParts(database, id, parts))) return;
    }
    transaction(database, () => {
      const there = new Set(listSegments(database).map((each) => each.id));
      // If an erasure has removed one, the next step removes the hidden segment.
      if (!segments.every((each) => there.has(each.id)) || !isThere(database, id)) return;
      const drop = database.prepare('delete from lookups where id = ?');
      for (const each of segments) drop.run([each.id]);
      show(database, id, content);
    });
  }

  let opened: { readonly database: Database; readonly reusing: Database } | undefined;

  return {
    step(given) {
      if (opened?.database !== given) opened = { database: given, reusing: reuseStatements(given) };
      const database = opened.reusing;
      const before = readState(database);
      if (!mayBuild(before)) return false;
      tidyUp(database, before);
      const current = readState(database);
      const segments = listSegments(database);
      const run = findRun(segments);
      if (run) {
        merge(database, run, current);
        return true;
      }
      for (const gap of gapsOf(segments)) {
        const chunk = readChunk(database, gap);
        if (!chunk) continue;
        describe(database, chunk, current);
        return true;
      }
      return false;
    },
  };
}

/** Steps repeat the same statements many thousand times, and the memory of each is freed late. */
function reuseStatements(database: Database): Database {
  const prepared = new Map<string, Statement>();
  return {
    ...database,
    prepare(sql) {
      const statement = prepared.get(sql) ?? database.prepare(sql);
      prepared.set(sql, statement);
      return statement;
    },
  };
}

/**
 * Continues the index of a store that has perhaps no listener, after a search that took long. Never
 * throws: the store may not be writable, and the search has its result already.
 */
export function describeSome(
  files: StoreFiles,
  { name, monotonic, forMs }: Omit<BuilderSettings, 'patienceMs'> & { readonly forMs: number },
): void {
  const end = monotonic() + forMs;
  try {
    const database = openUpToDate(files);
    try {
      database.execute('pragma synchronous = normal');
      const builder = createLookupBuilder({ name, monotonic, patienceMs: 0 });
      while (monotonic() < end && builder.step(database)) database.checkpointIfDue();
    } finally {
      database.close();
    }
  } catch {
    // The next search or listener continues.
  }
}

interface State {
  readonly epoch: number;
  readonly holder: string;
  readonly beat: number;
}

function readState(database: Database): State {
  const row = database.prepare('select epoch, holder, beat from lookup_builder').first([]);
  return { epoch: Number(row?.[0]), holder: String(row?.[1] ?? ''), beat: Number(row?.[2]) };
}

/** Segments without captures, with too many late ones, and those whose writing was interrupted. */
function findOutdated(database: Database): { id: number; first: number; last: number }[] {
  return database
    .prepare(
      `select id, first, last from lookups where level < 0 or last < ?
         or (select count(*) from lookup_late where capture between first and last) > ${maxLate}`,
    )
    .all([oldestSeq(database) ?? maxSeq + 1])
    .map(([id, first, last]) => ({ id: Number(id), first: Number(first), last: Number(last) }));
}

/** Adjacent segments that can be merged; those of higher levels first. */
function findRun(segments: readonly Segment[]): readonly Segment[] | undefined {
  for (let level = maxLevel - 1; level >= 0; level -= 1) {
    let run: Segment[] = [];
    for (const segment of segments) {
      const follows = segment.first === (run.at(-1)?.last ?? Number.NaN) + 1;
      run = segment.level !== level ? [] : follows ? [...run, segment] : [segment];
      if (run.length < mergedSegments) continue;
      if (run.reduce((sum, each) => sum + each.entries, 0) <= maxEntries) return run;
      run = run.slice(1);
    }
  }
  return undefined;
}

interface Chunk {
  readonly range: SeqRange;
  readonly content: SegmentContent;
}

/** Describes the first captures of a gap; undefined: there are none, or too few at the end of the store. */
function readChunk(database: Database, { first, last, isLast }: Gap): Chunk | undefined {
  const rows = database
    .prepare(
      'select place, length(body) from captures where place between ? and ? order by place limit ?',
    )
    .all([first, last, chunkCaptures]);
  if (rows.length === 0) return undefined;
  let bytes = 0;
  const many = rows.findIndex(([, length]) => {
    bytes += Number(length);
    return bytes > maxChunkBytes;
  });
  if (isLast && many === -1 && rows.length < minCaptures) return undefined;
  const seqs = rows.slice(0, many === -1 ? undefined : many + 1).map(([seq]) => Number(seq));
  const read = prepareTokens(database);
  const entries: number[] = [];
  const described: number[] = [];
  for (const [index, seq] of seqs.entries()) {
    for (const token of read(seq)) entries.push(entryOf(token, 0, index));
    described.push(seq);
    if (entries.length >= maxChunkEntries) break;
  }
  const isEnd = !isLast && described.length === rows.length && rows.length < chunkCaptures;
  const end = isEnd ? last : (described.at(-1) ?? last);
  return {
    range: { first, last: end },
    content: { level: 0, chunks: [described], entries: Float64Array.from(entries).sort() },
  };
}

function prepareTokens(database: Database): (seq: number) => Iterable<number> {
  const row = database.prepare(
    `select headers, body, ${knownEvents},
       exists (select 1 from partly_indexed where capture = place)
     from captures ${lateJoin} where place = ?`,
  );

  function* tokensOf(seq: number): Generator<number> {
    const found = unlessDamaged(() => row.first([seq]));
    if (!found) {
      yield anyToken;
      return;
    }
    const [headers, content, events, partly] = found;
    // It is still to be read, or is beyond the bounds: with a long panel, all keys together would take
    // minutes to compute.
    if (typeof events !== 'string' || partly === 1) {
      yield anyToken;
      return;
    }
    const body = content instanceof Uint8Array ? content : new Uint8Array();
    yield* readTokens(body, headers, events);
  }
  return tokensOf;
}

function readTokens(body: Uint8Array, headers: unknown, column: string): Iterable<number> {
  const tokens = new Set<number>();
  const max = maxTokens(body.byteLength);
  try {
    const listed = readEvents(column);
    const call = { headers: readJson(String(headers), 'headers') as HeaderPairs, body };
    let position = 0;
    for (const event of everyEventOf(call, 'keys')) {
      addTokens(event, tokens);
      const summary = listed[position];
      // Summaries may be shortened, and searches look at them first.
      if (summary && !isSame(summary, event)) addTokens(summary, tokens);
      position += 1;
      if (tokens.size > max) return [anyToken];
    }
    for (const summary of listed.slice(position)) {
      addTokens(summary, tokens);
      if (tokens.size > max) return [anyToken];
    }
    return tokens;
  } catch {
    return [anyToken];
  }
}

function isSame(one: IdentifiedEvent, other: IdentifiedEvent): boolean {
  return (
    one.msgid === other.msgid &&
    one.who === other.who &&
    one.panel === other.panel &&
    one.channel === other.channel &&
    one.activity === other.activity &&
    one.keyTime === other.keyTime &&
    one.link === other.link
  );
}

/** Adds a segment that no search reads yet, within the caller's transaction. Returns its id. */
function addRow(database: Database, { first, last }: SeqRange, content: SegmentContent): number {
  database
    .prepare('insert into lookups (first, last, level, entries) values (?, ?, -1, ?)')
    .run([first, last, content.entries.length]);
  return readNumber(database, 'select max(id) from lookups');
}

function isThere(database: Database, id: number): boolean {
  return database.prepare('select 1 from lookups where id = ?').first([id]) !== undefined;
}

/** False: an erasure has removed the segment. */
function addParts(database: Database, id: number, parts: Iterable<Part>): boolean {
  if (!isThere(database, id)) return false;
  const insert = database.prepare('insert into lookup_parts (lookup, part, data) values (?, ?, ?)');
  for (const [part, data] of parts) insert.run([id, part, data]);
  return true;
}

function show(database: Database, id: number, { level }: SegmentContent): void {
  database.prepare('update lookups set level = ? where id = ?').run([level, id]);
}

function* inSteps(parts: Iterable<Part>): Generator<Part[]> {
  let step: Part[] = [];
  let bytes = 0;
  for (const part of parts) {
    step.push(part);
    bytes += part[1].byteLength;
    if (bytes < stepBytes) continue;
    yield step;
    step = [];
    bytes = 0;
  }
  yield step;
}
