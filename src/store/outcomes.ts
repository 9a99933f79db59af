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

/**
 * The tables of deliveries. `further_deliveries` has those of a capture after its first, so that several handlers can
 * get it. A capture has at most one delivery for a destination, in either table.
 */
export const deliveryTables = ['deliveries', 'further_deliveries'] as const;
export type DeliveryTable = (typeof deliveryTables)[number];

/** From the least to the most urgent: the outcome of a capture is the most urgent one of its handlers. */
const byUrgency = [
  'skipped',
  'delivered',
  'waiting',
  'failed',
  'dead',
] as const satisfies Outcome[];

/** SQL for the urgency of a delivery's outcome, from 1; 0: it has none. */
const urgency = `case
  when ${isUnfinished} then iif(tries > 0, ${urgencyOf('failed')}, ${urgencyOf('waiting')})
  when state = ${delivered} then ${urgencyOf('delivered')}
  when state = ${dead} then ${urgencyOf('dead')}
  when state = ${skipped} then ${urgencyOf('skipped')}
  else 0
end`;

function urgencyOf(outcome: Outcome): number {
  return byUrgency.indexOf(outcome) + 1;
}

/** SQL for the greatest urgency among the deliveries in `further_deliveries` of a capture. */
function furtherUrgency(seqSql: string): string {
  return `coalesce((select max(${urgency}) from further_deliveries where capture = ${seqSql}), 0)`;
}

/** SQL for a capture's outcome: null, or one of `outcomes`. Needs `outcomeJoins`. */
export const outcomeColumn = `case
  max(${urgency}, ${furtherUrgency('captures.place')})
  ${byUrgency.map((outcome) => `when ${urgencyOf(outcome)} then '${outcome}'`).join(' ')}
  else iif(replays.capture is not null, iif(answered = 200, 'delivered', 'failed'), null)
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
  const isOne = outcomes.map((outcome) => `(${deliveryConditions[outcome]})`).join(' or ');
  const list = outcomes.map(urgencyOf).join(', ');
  // With one handler, which is common, nothing needs to be looked up for each delivery.
  const hasFurther = database.prepare('select 1 from further_deliveries limit 1').first([]);
  const isWanted = hasFurther
    ? `max(${urgency}, ${furtherUrgency('deliveries.capture')}) in (${list})`
    : `(${isOne})`;
  const queued = database.prepare(
    `select capture from deliveries not indexed where ${isWanted} and ${next('capture', order)}`,
  );
  const further = database.prepare(
    `select distinct capture from further_deliveries as call
     where not exists (select 1 from deliveries where deliveries.capture = call.capture)
       and ${furtherUrgency('call.capture')} in (${list}) and ${next('capture', order)}`,
  );
  const replayed = database.prepare(
    `select capture from replays
     where iif(answered = 200, 'delivered', 'failed') in (${outcomes.map(() => '?').join(', ')})
       and not exists (select 1 from deliveries
                       where deliveries.capture = replays.capture and not ${isUnknown})
       and not exists (select 1 from further_deliveries where further_deliveries.capture = replays.capture)
       and ${next('capture', order)}`,
  );
  const pages = [[queued, []] as const, [further, []] as const, [replayed, outcomes] as const];
  return mergePages(pages, range, order);
}

/** The deliveries of a capture, the most urgent first; none: it was never queued. */
export function readDeliveries(database: Database, seq: number): Delivery[] {
  return database
    .prepare(
      `select name, url, queue, state, queued, due, tries, reason
       from all_deliveries join destinations on destinations.id = destination where capture = ?
       order by ${urgency} desc, destination`,
    )
    .all([seq])
    .map((row) => {
      const [name, url, queue, number, queued, due, tries, reason] = row;
      const state = asState(number);
      return {
        name: typeof name === 'string' ? name : null,
        target: String(url),
        queue: String(queue),
        state,
        queued: Number(queued),
        due: state === 'delayed' ? Number(due) : null,
        tries: Number(tries),
        skipped: state === 'skipped' ? asSkipReason(reason) : null,
      };
    });
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
