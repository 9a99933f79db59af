import {
  type DeliveryAttempt,
  type DeliveryTurn,
  type Destination,
  deliveryStates,
  type TakenCall,
  type TakenTurn,
} from '../call/delivery.js';
import { readCaptureRow, wholeColumns } from './capture-row.js';
import { isDamage } from './damage.js';
import type { Database, SqlRow } from './database.js';
import { knownEvents, lateJoin } from './event-index.js';
import { preparePlaceOfId } from './place-of-id.js';
import { storableText } from './storable-text.js';
import { transaction } from './transaction.js';
import { prepareWorkerLeases } from './worker-leases.js';

/** What a turn gives, as it crosses between threads: the events are read where they are used. */
export interface WrittenTurn extends Omit<TakenTurn, 'calls'> {
  readonly calls: readonly WrittenDelivery[];
}

interface WrittenDelivery extends Omit<TakenCall, 'events'> {
  /** As `event-columns.ts` writes them; null: not read yet. */
  readonly events: string | null;
}

/** Bodies that are taken in one turn, together: a call beyond that is taken alone. */
const maxTakenBytes = 8 * 1024 * 1024;
/** A due time further ahead than any delay reaches: the clock was set back since. */
const maxAheadMs = 20 * 60 * 1000;

/** The deliveries of a store, for whoever holds its one connection for writing. */
export interface Deliveries {
  /** Queues the captures between two places. Within the transaction that records them. */
  queue(destination: number, first: number, last: number): void;
  /** The number of a destination in this store. */
  destination(destination: Destination): number;
  /** Keeps an attempt with a capture, unless it is there already. Within a transaction. */
  keepAttempt(place: number, attempt: DeliveryAttempt): void;
  /** Takes what the queue of a destination has for a worker. Throws, and nothing has changed. */
  turn(turn: DeliveryTurn): WrittenTurn;
}

export function prepareDeliveries(database: Database): Deliveries {
  const numbers = new Map<string, number>();
  const leases = prepareWorkerLeases(database);
  const queue = database.prepare(
    `insert into deliveries (capture, destination, state, due, queued, tries, waited)
     select place, ?1, 0, 0, time, 0, (select waited from destinations where id = ?1)
     from captures where place between ?2 and ?3`,
  );
  const dueCalls = database.prepare(
    `select capture from deliveries
     where state = 1 and destination = ? and due <= ? order by due limit ?`,
  );
  const oldestDueCalls = database.prepare(
    `select capture from deliveries
     where state = 1 and destination = ? and due <= ? order by capture limit ?`,
  );
  const waitingCalls = database.prepare(
    `select capture from deliveries
     where state = 0 and destination = ? and capture > ? order by capture limit ?`,
  );
  const isQueued = database.prepare(
    'select 1 from deliveries where capture = ? and destination = ? and state in (0, 1, 2)',
  );
  const nextDue = database.prepare(
    'select min(due) from deliveries where state = 1 and destination = ?',
  );
  const bodyLength = database.prepare('select length(body) from captures where place = ?');
  const take = database.prepare(
    `update deliveries set state = 2, due = ?, worker = ?,
       waited = coalesce(waited, (select waited from destinations where id = destination))
     where capture = ?`,
  );
  const takenCall = database.prepare(
    `select ${wholeColumns}, iif(partly.capture is null, ${knownEvents}, null), queued, deliveries.waited, tries
     from captures join deliveries on deliveries.capture = place ${lateJoin}
     left join partly_indexed as partly on partly.capture = place
     left join imports on imports.capture = place where place = ?`,
  );
  const giveUp = database.prepare(
    `update deliveries set state = 4, worker = null, reason = 'its capture cannot be read'
     where capture = ?`,
  );
  const settle = database.prepare(
    `update deliveries set state = ?, due = ?, tries = tries + ?, reason = ?, worker = null,
       job = coalesce(?, job)
     where capture = ? and state = 2 and worker = ?`,
  );
  const keepAttempt = database.prepare(
    `insert into attempts (capture, number, time, url, status, reason, answer, ms)
     select ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7
     from attempts where capture = ?1`,
  );
  const exists = database.prepare('select 1 from captures where place = ?');
  const isKept = database.prepare('select 1 from attempts where capture = ? and time = ?');
  const withOthers = database.prepare(
    'select 1 from deliveries where state = 2 and destination = ? and worker <> ? limit 1',
  );
  const placeOf = preparePlaceOfId(database);
  const revive = database.prepare(
    'update deliveries set state = 1, due = ? where state = 4 and capture = ? and destination = ?',
  );
  const mendDue = database.prepare(
    'update deliveries set due = ? where state = 1 and destination = ? and due > ?',
  );

  function keep(place: number, attempt: DeliveryAttempt): void {
    const { time, url, status, reason, answer, ms } = attempt;
    // It may have been pruned since.
    if (!exists.first([place])) return;
    keepAttempt.run([place, time, url, status, storableText(reason), storableText(answer), ms]);
  }

  function choose(turn: DeliveryTurn, destination: number): number[] {
    const { now, ordered, maxDelayed, maxWaiting } = turn;
    const delayed = (ordered ? oldestDueCalls : dueCalls).all([destination, now, maxDelayed]);
    const moreAreDue = delayed.length === maxDelayed;
    const waiting =
      ordered && moreAreDue ? [] : waitingCalls.all([destination, turn.passed, maxWaiting]);
    const chosen: number[] = [];
    let bytes = 0;
    // A call that was never tried tells more of its handler than one that failed.
    for (const [capture] of ordered ? [...delayed, ...waiting] : [...waiting, ...delayed]) {
      bytes += Number(bodyLength.first([capture ?? 0])?.[0] ?? 0);
      if (bytes > maxTakenBytes && chosen.length > 0) break;
      chosen.push(Number(capture));
    }
    return chosen;
  }

  function numberOf({ url, queue: engine }: Destination): number {
    const key = `${engine} ${url}`;
    const known = numbers.get(key) ?? findOrAdd({ url, queue: engine });
    numbers.set(key, known);
    return known;
  }

  /** Within a transaction, which may be undone, the number is not kept in mind. */
  function findOrAdd({ url, queue: engine }: Destination): number {
    database
      .prepare('insert into destinations (url, queue) values (?, ?) on conflict do nothing')
      .run([url, engine]);
    const row = database
      .prepare('select id from destinations where url = ? and queue = ?')
      .first([url, engine]);
    return Number(row?.[0]);
  }

  /** A call that cannot be read is given up, or it would be taken again and again, and all others with it. */
  function readTaken(place: number): WrittenDelivery | undefined {
    try {
      const row = takenCall.first([place]);
      return row && takenOf(row);
    } catch (error) {
      if (!isDamage(error)) throw error;
      giveUp.run([place]);
      return undefined;
    }
  }

  return {
    queue: (destination, first, last) => queue.run([destination, first, last]),
    destination: findOrAdd,
    keepAttempt(place, attempt) {
      if (!isKept.first([place, attempt.time])) keep(place, attempt);
    },
    turn(turn) {
      const destination = numberOf(turn.destination);
      const { now, worker } = turn;
      return transaction(database, () => {
        for (const { place, state, due, attempt, skipped = null, job = null } of turn.settled) {
          const tried = attempt ? 1 : 0;
          settle.run([deliveryStates.indexOf(state), due, tried, skipped, job, place, worker]);
          if (attempt) keep(place, attempt);
        }
        const { renewal } = turn;
        const renewed = renewal && leases.renew({ ...turn, renewal }, destination);
        if (renewal) mendDue.run([now, destination, now + maxAheadMs]);
        for (const id of turn.revived) revive.run([now, placeOf(id) ?? -1, destination]);
        if (turn.hurry) mendDue.run([now, destination, now]);
        leases.takeBack(turn.vanished, now);
        // What a worker had that vanished comes back first: all others would overtake it.
        const waits = turn.ordered && withOthers.first([destination, worker]) !== undefined;
        const chosen = waits ? [] : choose(turn, destination);
        for (const place of chosen) take.run([turn.leaseUntil, worker, place]);
        if (turn.leave) leases.leave(worker);
        const due = nextDue.first([destination])?.[0];
        return {
          calls: chosen.flatMap((place) => {
            const call = readTaken(place);
            return call ? [call] : [];
          }),
          nextDue: typeof due === 'number' && !waits ? due : null,
          released: turn.holding.filter((place) => !isQueued.first([place, destination])),
          renewed,
        };
      });
    },
  };
}

function takenOf(row: SqlRow): WrittenDelivery {
  const [events, queued, waited, tries] = row.slice(-4);
  return {
    place: Number(row[0]),
    capture: readCaptureRow(row),
    events: typeof events === 'string' ? events : null,
    queued: Number(queued),
    waited: Number(waited),
    tries: Number(tries),
  };
}
