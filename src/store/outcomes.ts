import {
  asSkipReason,
  type Delivery,
  type DeliveryState,
  deliveryState,
  deliveryStates,
} from '../call/delivery.js';
import { type Outcome, outcomes } from '../call/outcome.js';
import type { RecordedAttempt } from '../call/story.js';
import { mergePages, next, type Order, type SeqRange } from './capture-index.js';
import { prepareSeqOfId } from './capture-row.js';
import { type Database, type SqlValue, storableText, transaction } from './database.js';
import type { StoreFiles } from './folder.js';
import { openUpToDate } from './schema.js';

const {
  waiting,
  delayed,
  active,
  delivered,
  dead,
  skipped,
  'handed over': handedOver,
} = deliveryState;

/** SQL for a delivery that another engine has, which will report its outcome. */
export const isHandedOver = `(state = ${handedOver} and job is not null)`;

/** SQL for a delivery without an outcome yet, here or in another engine. */
export const isUnfinished = `(state in (${waiting}, ${delayed}, ${active}) or ${isHandedOver})`;

/** SQL for a delivery that version 0.1.0 handed over: its outcome stays unknown. */
const isUnknown = `(state = ${handedOver} and not ${isHandedOver})`;

/** The state that a column `state` contains. */
export function asState(value: SqlValue | undefined): DeliveryState {
  return deliveryStates.find((state) => deliveryState[state] === value) ?? 'waiting';
}

/** SQL for a capture's outcome: null, or one of `outcomes`. Needs `outcomeJoins`. */
export const outcomeColumn = `case
  when ${isUnfinished} then iif(tries > 0, 'failed', 'waiting')
  when state = ${delivered} then 'delivered'
  when state = ${dead} then 'dead'
  when state = ${skipped} then 'skipped'
  when replays.capture is not null then iif(answered = 200, 'delivered', 'failed')
end`;

export const outcomeJoins = `left join deliveries on deliveries.capture = captures.place
  left join replays on replays.capture = captures.place`;

/** SQL for a delivery with this outcome. */
const deliveryConditions: Readonly<Record<Outcome, string>> = {
  waiting: `${isUnfinished} and tries = 0`,
  failed: `${isUnfinished} and tries > 0`,
  delivered: `state = ${delivered}`,
  dead: `state = ${dead}`,
  skipped: `state = ${skipped}`,
};

/** The captures that have one of these outcomes. */
export function seqsOfOutcomes(
  database: Database,
  outcomes: readonly Outcome[],
  range: SeqRange,
  order: Order,
): Generator<number> {
  const conditions = outcomes.map((outcome) => `(${deliveryConditions[outcome]})`).join(' or ');
  const queued = database.prepare(
    `select capture from deliveries not indexed where (${conditions}) and ${next('capture', order)}`,
  );
  const replayed = database.prepare(
    `select capture from replays
     where iif(answered = 200, 'delivered', 'failed') in (${outcomes.map(() => '?').join(', ')})
       and not exists (select 1 from deliveries
                       where deliveries.capture = replays.capture and not ${isUnknown})
       and ${next('capture', order)}`,
  );
  const pages = [[queued, []] as const, [replayed, outcomes] as const];
  return mergePages(pages, range, order);
}

/** The delivery of a capture; undefined: it was never queued. */
export function readDelivery(database: Database, seq: number): Delivery | undefined {
  const row = database
    .prepare(
      `select url, queue, state, queued, due, tries, reason
       from deliveries join destinations on destinations.id = destination where capture = ?`,
    )
    .first([seq]);
  if (!row) return undefined;
  const [url, queue, number, queued, due, tries, reason] = row;
  const state = asState(number);
  return {
    target: String(url),
    queue: String(queue),
    state,
    queued: Number(queued),
    due: state === 'delayed' ? Number(due) : null,
    tries: Number(tries),
    skipped: state === 'skipped' ? asSkipReason(reason) : null,
  };
}

export function readOutcome(database: Database, seq: number): Outcome | null {
  const row = database
    .prepare(`select ${outcomeColumn} from captures ${outcomeJoins} where place = ?`)
    .first([seq]);
  return asOutcome(row?.[0]);
}

/** The outcomes of many captures, in the order of `seqs`. */
export function readOutcomes(database: Database, seqs: readonly number[]): (Outcome | null)[] {
  // Does not read the captures themselves, which contain their bodies.
  return database
    .prepare(
      `select ${outcomeColumn} from (select key, value as place from json_each(?)) as captures
       ${outcomeJoins} order by key`,
    )
    .all([JSON.stringify(seqs)])
    .map(([outcome]) => asOutcome(outcome));
}

/** A value of `outcomeColumn`. */
export function asOutcome(value: SqlValue | undefined): Outcome | null {
  return outcomes.find((outcome) => outcome === value) ?? null;
}

/** Records the answers to replayed captures. */
export interface AttemptLog {
  /**
   * Records an attempt of the capture with this whole id, and returns its number; undefined: the store
   * lacks the capture. It is not synced: a power cut may lose it.
   */
  record(id: string, attempt: Omit<RecordedAttempt, 'number'>): number | undefined;
  /** Writes what is not written yet. */
  close(): void;
}

/** Attempts that are written in one transaction, and how long the first of them waits. */
const groupSize = 200;
const groupMs = 100;

/**
 * Throws a problem when the store is missing or not writable. With `failed`, attempts are written in groups a
 * moment later, and a failure is reported there: a transaction takes longer than sending a call.
 */
export function openAttemptLog(files: StoreFiles, failed?: (error: unknown) => void): AttemptLog {
  const database = openUpToDate(files);
  database.execute('pragma synchronous = normal');
  const seqOf = prepareSeqOfId(database);
  const latest = database.prepare(
    'select coalesce(max(number), 0) from attempts where capture = ?',
  );
  const insert = database.prepare(
    `insert into attempts (capture, number, event, time, url, status, reason, answer, ms)
     select ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 from attempts where capture = ?1`,
  );
  const answered = database.prepare(
    'insert into replays (capture, answered) values (?1, ?2) on conflict do update set answered = ?2',
  );
  let group: { readonly seq: number; readonly attempt: Omit<RecordedAttempt, 'number'> }[] = [];
  const inGroup = new Map<number, number>();
  let timer: NodeJS.Timeout | undefined;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const written = group;
    group = [];
    inGroup.clear();
    if (written.length === 0) return;
    transaction(database, () => {
      for (const { seq, attempt } of written) {
        const { event, time, url, status, reason, answer, ms } = attempt;
        const texts = [storableText(reason), storableText(answer)];
        insert.run([seq, event, time, url, status, ...texts, ms]);
        if (event === null) answered.run([seq, status]);
      }
    });
  }

  function writeLater(): void {
    try {
      write();
    } catch (error) {
      failed?.(error);
    }
  }

  return {
    record(id, attempt) {
      const seq = seqOf(id);
      if (seq === undefined) return undefined;
      const before = inGroup.get(seq) ?? 0;
      const number = Number(latest.first([seq])?.[0]) + before + 1;
      group.push({ seq, attempt });
      inGroup.set(seq, before + 1);
      if (!failed || group.length >= groupSize) write();
      else timer ??= setTimeout(writeLater, groupMs);
      return number;
    },
    close() {
      writeLater();
      database.close();
    },
  };
}

/** How many events were erased from a capture; null: none. */
export function readErased(database: Database, seq: number): number | null {
  const row = database.prepare('select events from erased where capture = ?').first([seq]);
  return row ? Number(row[0]) : null;
}

/** The attempts of a capture, oldest first. */
export function readAttempts(database: Database, seq: number): RecordedAttempt[] {
  return database
    .prepare(
      `select number, event, time, url, status, reason, answer, ms from attempts
       where capture = ? order by number`,
    )
    .all([seq])
    .map(([number, event, time, url, status, reason, answer, ms]) => ({
      number: Number(number),
      event: event === null ? null : Number(event),
      time: Number(time),
      url: String(url),
      status: status === null ? null : Number(status),
      reason: reason === null ? null : String(reason),
      answer: answer === null ? null : String(answer),
      ms: Number(ms),
    }));
}
