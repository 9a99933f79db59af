import { asSkipReason, type Delivery, deliveryStates } from '../call/delivery.js';
import { type Outcome, outcomes } from '../call/outcome.js';
import type { Database, SqlValue } from './database.js';
import { outcomeColumn, outcomeJoins } from './outcome-places.js';

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
