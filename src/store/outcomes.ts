import {
  asSkipReason,
  type Delivery,
  type DeliveryState,
  deliveryStates,
} from '../call/delivery.js';
import { type Outcome, outcomes } from '../call/outcome.js';
import type { RecordedAttempt } from '../call/story.js';
import { createCursor, merge, next, type Order, type PlaceRange } from './capture-index.js';
import { placeOfId } from './capture-row.js';
import { type Database, type SqlValue, storableText, transaction } from './database.js';
import type { StoreFiles } from './folder.js';
import { openUpToDate } from './schema.js';

const unfinishedStates: readonly DeliveryState[] = ['waiting', 'delayed', 'active'];

/** SQL for whether a delivery was handed over to an engine that will report what becomes of it. */
export const isHandedOver = `(state = ${deliveryStates.indexOf('handed over')} and job is not null)`;

/** SQL for whether a delivery has not come to its end, here or in the engine that has it. */
export const isUnfinished = `(state in (${unfinishedStates
  .map((state) => deliveryStates.indexOf(state))
  .join(', ')}) or ${isHandedOver})`;

const numberOf = (state: DeliveryState) => deliveryStates.indexOf(state);
/** A call whose end is not known here: version 0.1.0 handed it over. */
const isUnknown = `(state = ${numberOf('handed over')} and not ${isHandedOver})`;

/** The outcome of a capture as SQL has it: null, or one of `outcomes`. It takes the joins below. */
export const outcomeColumn = `case
  when ${isUnfinished} then iif(tries > 0, 'failed', 'waiting')
  when state = ${numberOf('delivered')} then 'delivered'
  when state = ${numberOf('dead')} then 'dead'
  when state = ${numberOf('skipped')} then 'skipped'
  when replays.capture is not null then iif(answered = 200, 'delivered', 'failed')
end`;

export const outcomeJoins = `left join deliveries on deliveries.capture = captures.place
  left join replays on replays.capture = captures.place`;

/** The same of a delivery, as a condition. */
const deliveryConditions: Readonly<Record<Outcome, string>> = {
  waiting: `${isUnfinished} and tries = 0`,
  failed: `${isUnfinished} and tries > 0`,
  delivered: `state = ${numberOf('delivered')}`,
  dead: `state = ${numberOf('dead')}`,
  skipped: `state = ${numberOf('skipped')}`,
};

/** The places of the captures that have one of these outcomes. */
export function placesOfOutcomes(
  database: Database,
  outcomes: readonly Outcome[],
  range: PlaceRange,
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
  return merge(
    [createCursor(queued, [], range, order), createCursor(replayed, outcomes, range, order)],
    order,
  );
}

/** How far the capture at a place has come; undefined: it was never to be forwarded. */
export function readDelivery(database: Database, place: number): Delivery | undefined {
  const row = database
    .prepare(
      `select url, queue, state, queued, due, tries, reason
       from deliveries join destinations on destinations.id = destination where capture = ?`,
    )
    .first([place]);
  if (!row) return undefined;
  const [url, queue, number, queued, due, tries, reason] = row;
  const state = deliveryStates[Number(number)] ?? 'waiting';
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

export function readOutcome(database: Database, place: number): Outcome | null {
  const row = database
    .prepare(`select ${outcomeColumn} from captures ${outcomeJoins} where place = ?`)
    .first([place]);
  return asOutcome(row?.[0]);
}

/** The same of many places, in their order. */
export function readOutcomes(database: Database, places: readonly number[]): (Outcome | null)[] {
  // Their own rows, which hold the bodies, need not be read for it.
  return database
    .prepare(
      `select ${outcomeColumn} from (select key, value as place from json_each(?)) as captures
       ${outcomeJoins} order by key`,
    )
    .all([JSON.stringify(places)])
    .map(([outcome]) => asOutcome(outcome));
}

/** A value of `outcomeColumn`. */
export function asOutcome(value: SqlValue | undefined): Outcome | null {
  return outcomes.find((outcome) => outcome === value) ?? null;
}

/** Keeps what was answered when captures were sent again. */
export interface AttemptLog {
  /**
   * Records an attempt under the whole id of a capture, and returns its number; undefined when this
   * store has no such capture. It is not synced: an attempt is told, not promised.
   */
  record(id: string, attempt: Omit<RecordedAttempt, 'number'>): number | undefined;
  close(): void;
}

/** Throws a problem when there is no store, or none that can be written. */
export function openAttemptLog(files: StoreFiles): AttemptLog {
  const database = openUpToDate(files);
  database.execute('pragma synchronous = normal');
  const latest = database.prepare(
    'select coalesce(max(number), 0) from attempts where capture = ?',
  );
  const insert = database.prepare(
    `insert into attempts (capture, number, event, time, url, status, reason, answer, ms)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const answered = database.prepare(
    'insert into replays (capture, answered) values (?1, ?2) on conflict do update set answered = ?2',
  );
  return {
    record(id, { event, time, url, status, reason, answer, ms }) {
      const place = placeOfId(database, id);
      if (place === undefined) return undefined;
      return transaction(database, () => {
        const number = Number(latest.first([place])?.[0]) + 1;
        const texts = [storableText(reason), storableText(answer)];
        insert.run([place, number, event, time, url, status, ...texts, ms]);
        if (event === null) answered.run([place, status]);
        return number;
      });
    },
    close: () => database.close(),
  };
}

/** The attempts of the capture at a place, oldest first. */
export function readAttempts(database: Database, place: number): RecordedAttempt[] {
  return database
    .prepare(
      `select number, event, time, url, status, reason, answer, ms from attempts
       where capture = ? order by number`,
    )
    .all([place])
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
