import {
  type DeliveryAttempt,
  type DeliveryState,
  type DeliveryTurn,
  type Destination,
  deliveryStates,
  type HandedOverCall,
  type ReconcileAnswer,
  type ReconcileTurn,
  type RemoteOutcome,
  type Renewal,
  type Renewed,
  type TakenCall,
  type TakenTurn,
  type WorkerBeat,
} from '../call/delivery.js';
import { idAt, idColumn, preparePlaceOfId, readCaptureRow, wholeColumns } from './capture-row.js';
import { type Database, isDamage, type SqlRow, storableText, transaction } from './database.js';
import { knownEvents, lateJoin } from './event-index.js';
import { isHandedOver } from './outcomes.js';

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

/**
 * Which workers of a store live. Each increments a counter in the table `workers`; who finds one that
 * stands still takes back its calls. Clocks of different workers are never compared.
 */
export interface WorkerLeases {
  /** The worker lives; it learns which calls it still has, and which other workers there are. */
  renew(turn: RenewingTurn, destination: number): Renewed;
  /** Makes the calls of workers due now, unless these have shown that they live. */
  takeBack(vanished: readonly WorkerBeat[], now: number): void;
  /** The worker ends. */
  leave(worker: string): void;
}

interface RenewingTurn extends Pick<DeliveryTurn, 'worker' | 'leaseUntil'> {
  readonly renewal: Renewal;
}

export function prepareWorkerLeases(database: Database): WorkerLeases {
  const beat = database.prepare(
    `insert into workers (name, beat, pid, started, host, boot, namespace, clock)
     values (?, 1, ?, ?, ?, ?, ?, ?) on conflict do update set beat = beat + 1`,
  );
  // Workers of version 0.1.0 take `due` of an active call for the end of its worker's lease.
  const extend = database.prepare('update deliveries set due = ? where state = 2 and worker = ?');
  const held = database.prepare('select capture from deliveries where state = 2 and worker = ?');
  const count = database.prepare(
    'update destinations set waited = max(waited, ?) where id = ? returning waited',
  );
  const others = database.prepare(
    'select name, beat, pid, started, host, boot, namespace, clock from workers where name <> ?',
  );
  // Those of version 0.1.0 have no row. What they write into `due` changes as they renew their leases.
  const olderWorkers = database.prepare(
    `select worker, max(due) from deliveries
     where state = 2 and worker <> ? and worker not in (select name from workers) group by worker`,
  );
  const standsStill = database.prepare('select 1 from workers where name = ? and beat = ?');
  const olderStandsStill = database.prepare(
    'select 1 from deliveries where state = 2 and worker = ? group by worker having max(due) = ?',
  );
  const takeBackFrom = database.prepare(
    'update deliveries set state = 1, due = ?, worker = null where state = 2 and worker = ?',
  );
  const remove = database.prepare(
    `delete from workers where name = ?1
     and not exists (select 1 from deliveries where state = 2 and worker = ?1)`,
  );

  return {
    renew({ worker, leaseUntil, renewal: { process, waited } }, destination) {
      const { pid, started, host, boot, namespace, clock } = process;
      beat.run([worker, pid, started, host, boot, namespace, clock]);
      extend.run([leaseUntil, worker]);
      return {
        held: held.all([worker]).map(([capture]) => Number(capture)),
        workers: [
          ...others.all([worker]).map(readWorker),
          ...olderWorkers.all([worker]).map(([name, due]) => ({
            name: String(name),
            beat: Number(due),
            process: undefined,
          })),
        ],
        waited: Number(count.first([waited, destination])?.[0]),
      };
    },
    takeBack(vanished, now) {
      for (const { name, beat: last, process } of vanished) {
        const stands = process ? standsStill : olderStandsStill;
        if (!stands.first([name, last])) continue;
        takeBackFrom.run([now, name]);
        remove.run([name]);
      }
    },
    leave: (worker) => remove.run([worker]),
  };
}

function readWorker(row: SqlRow): WorkerBeat {
  const [name, beat, pid, started, host, boot, namespace, clock] = row;
  return {
    name: String(name),
    beat: Number(beat),
    process: {
      pid: Number(pid),
      started: String(started),
      host: String(host),
      boot: String(boot),
      namespace: String(namespace),
      clock: String(clock),
    },
  };
}

const numberOf = (state: DeliveryState) => deliveryStates.indexOf(state);

/** What follows from an outcome: `pending`, it cannot be applied yet; `applied`, it was, or need not be. */
type Application = 'applied' | 'pending';

/** Keeps the calls that were handed over in step with the engine that has them. */
export type Reconcile = (turn: ReconcileTurn) => ReconcileAnswer;

/** A reconciliation is one transaction. Throws, and nothing has changed. */
export function prepareReconcile(
  database: Database,
  {
    destination: numberOfDestination,
    keepAttempt,
  }: Pick<Deliveries, 'destination' | 'keepAttempt'>,
  now: () => number,
): Reconcile {
  const placeOf = preparePlaceOfId(database);
  const known = database.prepare(
    `select state, job, queue from deliveries join destinations on destinations.id = destination
     where capture = ?`,
  );
  const settle = database.prepare(
    `update deliveries set state = ?, tries = ?, due = ?, reason = ?, worker = null,
       destination = coalesce(?, destination) where capture = ?`,
  );
  const drop = database.prepare('delete from deliveries where capture = ?');
  const takeBack = database.prepare(
    `update deliveries set state = iif(tries > 0, 1, 0), due = ?, worker = null
     where capture = ? and job = ? and ${isHandedOver}`,
  );
  const handedOver = database.prepare(
    `select deliveries.capture, ${idColumn('deliveries.capture')}, job, url
     from deliveries join destinations on destinations.id = destination
       left join imports on imports.capture = deliveries.capture
     where queue = ? and deliveries.capture > ? and ${isHandedOver}
     order by deliveries.capture limit ?`,
  );
  const withdrawals = database.prepare(
    `select capture, job, url from withdrawals join destinations on destinations.id = destination
     where queue = ? limit ?`,
  );
  const withdrawn = database.prepare('delete from withdrawals where capture = ? and job = ?');
  const tags = database.prepare('select tag from tags order by first desc');

  function apply(outcome: RemoteOutcome, queue: string): Application {
    const { capture, job, state, to, tries, last, skipped } = outcome;
    const place = placeOf(capture);
    const row = place === undefined ? undefined : known.first([place]);
    // It was removed or dropped meanwhile, or has left for another queue.
    if (place === undefined || !row || row[2] !== queue) return 'applied';
    const [here, kept] = row;
    const beingHandedOver = here === numberOf('active');
    const mayBeThere = here === numberOf('waiting') || here === numberOf('delayed');
    if (beingHandedOver || (mayBeThere && kept === null)) return 'pending';
    // What was delivered stays so. What was retried since has another key.
    if (kept !== job || here === numberOf('delivered')) return 'applied';
    switch (state) {
      case 'dropped':
        drop.run([place]);
        return 'applied';
      case 'moved': {
        const moved = numberOfDestination({ url: to ?? '', queue });
        settle.run([numberOf('handed over'), tries, now(), null, moved, place]);
        return 'applied';
      }
      default:
        settle.run([numberOf(state), tries, now(), skipped, null, place]);
        if (last) keepAttempt(place, last);
        return 'applied';
    }
  }

  function takeBackLost({ capture, job }: HandedOverCall): void {
    const place = placeOf(capture);
    if (place !== undefined) takeBack.run([now(), place, job]);
  }

  return (turn) =>
    transaction(database, () => {
      const { queue, behind, maxCalls } = turn;
      const applied = turn.outcomes.map((outcome) => apply(outcome, queue));
      for (const call of turn.lost) takeBackLost(call);
      for (const { capture, job } of turn.withdrawn) withdrawn.run([capture, job]);
      const [tag = '', ...olderTags] = tags.all([]).map(([text]) => String(text));
      return {
        pending: applied.flatMap((each, index) => (each === 'pending' ? [index] : [])),
        tag,
        olderTags,
        handedOver: handedOver.all([queue, behind, maxCalls]).map(([place, named, job, url]) => ({
          place: Number(place),
          capture: idAt(place, named),
          job: String(job),
          to: String(url),
        })),
        withdrawals: withdrawals.all([queue, maxCalls]).map(([id, job, url]) => ({
          capture: String(id),
          job: String(job),
          to: String(url),
        })),
      };
    });
}
