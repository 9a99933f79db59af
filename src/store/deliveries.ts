import {
  type DeliveryAttempt,
  type DeliveryTurn,
  type Destination,
  deliveryState,
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
import { idAt, idColumn, prepareSeqOfId, readCaptureRow, wholeColumns } from './capture-row.js';
import { type Database, isDamage, type SqlRow, storableText, transaction } from './database.js';
import { knownEvents, lateJoin } from './event-index.js';
import { isHandedOver } from './outcomes.js';

const { waiting, delayed, active, delivered, dead } = deliveryState;

/** A `TakenTurn` as it is sent between threads. */
export interface WrittenTurn extends Omit<TakenTurn, 'calls'> {
  readonly calls: readonly WrittenDelivery[];
}

interface WrittenDelivery extends Omit<TakenCall, 'events'> {
  /** As `writeEvents` writes them, and parsed by the receiver. null: the body was not read yet. */
  readonly events: string | null;
}

const isErased = 'exists (select 1 from erased where capture = ?1)';

/** The bodies of one turn, in total. A larger call is taken alone. */
const maxTakenBytes = 8 * 1024 * 1024;
/** No retry delay is longer: a later due time means that the clock was set back. */
const maxAheadMs = 20 * 60 * 1000;

/** The deliveries of a store, for the writer thread. */
export interface Deliveries {
  /** Queues the captures from `first` to `last`, within the transaction that records them. */
  queue(destination: number, first: number, last: number): void;
  /** The number of a destination in this store. */
  destination(destination: Destination): number;
  /** Stores an attempt unless it is already stored. Call it within a transaction. */
  keepAttempt(seq: number, attempt: DeliveryAttempt): void;
  /** Settles a worker's calls and takes new ones, in one transaction. An error undoes it. */
  turn(turn: DeliveryTurn): WrittenTurn;
}

export function prepareDeliveries(database: Database): Deliveries {
  const numbers = new Map<string, number>();
  const leases = prepareWorkerLeases(database);
  const queue = database.prepare(
    `insert into deliveries (capture, destination, state, due, queued, tries, waited)
     select place, ?1, ${waiting}, 0, time, 0, (select waited from destinations where id = ?1)
     from captures where place between ?2 and ?3`,
  );
  const dueCallsBy = (column: 'due' | 'capture') =>
    database.prepare(
      `select capture from deliveries
       where state = ${delayed} and destination = ? and due <= ? order by ${column} limit ?`,
    );
  const dueCalls = dueCallsBy('due');
  const oldestDueCalls = dueCallsBy('capture');
  const waitingCalls = database.prepare(
    `select capture from deliveries
     where state = ${waiting} and destination = ? and capture > ? order by capture limit ?`,
  );
  const isQueued = database.prepare(
    `select 1 from deliveries where capture = ? and destination = ? and state in (${waiting}, ${delayed}, ${active})`,
  );
  const nextDue = database.prepare(
    `select min(due) from deliveries where state = ${delayed} and destination = ?`,
  );
  const bodyLength = database.prepare('select length(body) from captures where place = ?');
  const take = database.prepare(
    `update deliveries set state = ${active}, due = ?, worker = ?,
       waited = coalesce(waited, (select waited from destinations where id = destination))
     where capture = ?`,
  );
  const takenCall = database.prepare(
    `select ${wholeColumns}, iif(partly.capture is null, ${knownEvents}, null), queued, deliveries.waited, tries, redelivery
     from captures join deliveries on deliveries.capture = place ${lateJoin}
     left join partly_indexed as partly on partly.capture = place
     left join imports on imports.capture = place where place = ?`,
  );
  const giveUp = database.prepare(
    `update deliveries set state = ${dead}, worker = null, reason = 'its capture cannot be read'
     where capture = ?`,
  );
  const settle = database.prepare(
    `update deliveries set state = ?, due = ?, tries = tries + ?, reason = ?, worker = null,
       job = coalesce(?, job)
     where capture = ? and state = ${active} and worker = ?`,
  );
  const keepAttempt = database.prepare(
    // The answer to a call that was on its way while events were erased from it may quote them.
    `insert into attempts (capture, number, time, url, status, reason, answer, ms)
     select ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, iif(${isErased}, null, ?5),
       iif(${isErased}, null, ?6), ?7
     from attempts where capture = ?1`,
  );
  const exists = database.prepare('select 1 from captures where place = ?');
  const isKept = database.prepare('select 1 from attempts where capture = ? and time = ?');
  const withOthers = database.prepare(
    `select 1 from deliveries where state = ${active} and destination = ? and worker <> ? limit 1`,
  );
  const seqOf = prepareSeqOfId(database);
  const revive = database.prepare(
    `update deliveries set state = ${delayed}, due = ? where state = ${dead} and capture = ? and destination = ?`,
  );
  const limitDue = database.prepare(
    `update deliveries set due = ? where state = ${delayed} and destination = ? and due > ?`,
  );

  function keep(seq: number, attempt: DeliveryAttempt): void {
    const { time, url, status, reason, answer, ms } = attempt;
    // The capture may have been pruned.
    if (!exists.first([seq])) return;
    keepAttempt.run([seq, time, url, status, storableText(reason), storableText(answer), ms]);
  }

  function choose(turn: DeliveryTurn, destination: number): number[] {
    const { now, ordered, maxDelayed, maxWaiting } = turn;
    const delayed = (ordered ? oldestDueCalls : dueCalls).all([destination, now, maxDelayed]);
    const moreAreDue = delayed.length === maxDelayed;
    const waiting =
      ordered && moreAreDue ? [] : waitingCalls.all([destination, turn.passed, maxWaiting]);
    const chosen: number[] = [];
    let bytes = 0;
    // The answer to a new call shows more about the handler than that to a failed one.
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

  /** Caches no number, because the caller's transaction may be undone. */
  function findOrAdd({ url, queue: engine }: Destination): number {
    database
      .prepare('insert into destinations (url, queue) values (?, ?) on conflict do nothing')
      .run([url, engine]);
    const row = database
      .prepare('select id from destinations where url = ? and queue = ?')
      .first([url, engine]);
    return Number(row?.[0]);
  }

  /** Gives up a call that cannot be read: otherwise every turn that takes it would fail. */
  function readTaken(seq: number): WrittenDelivery | undefined {
    try {
      const row = takenCall.first([seq]);
      return row && takenOf(row);
    } catch (error) {
      if (!isDamage(error)) throw error;
      giveUp.run([seq]);
      return undefined;
    }
  }

  return {
    queue: (destination, first, last) => queue.run([destination, first, last]),
    destination: findOrAdd,
    keepAttempt(seq, attempt) {
      if (!isKept.first([seq, attempt.time])) keep(seq, attempt);
    },
    turn(turn) {
      const destination = numberOf(turn.destination);
      const { now, worker } = turn;
      return transaction(database, () => {
        for (const { seq, state, due, attempt, skipped = null, job = null } of turn.settled) {
          const tried = attempt ? 1 : 0;
          settle.run([deliveryState[state], due, tried, skipped, job, seq, worker]);
          if (attempt) keep(seq, attempt);
        }
        const { renewal } = turn;
        const renewed = renewal && leases.renew({ ...turn, renewal }, destination);
        if (renewal) limitDue.run([now, destination, now + maxAheadMs]);
        for (const id of turn.revived) revive.run([now, seqOf(id) ?? -1, destination]);
        if (turn.hurry) limitDue.run([now, destination, now]);
        leases.takeBack(turn.expired, now);
        // In order, the calls of an expired worker come first: any other call would overtake them.
        const waits = turn.ordered && withOthers.first([destination, worker]) !== undefined;
        const chosen = waits ? [] : choose(turn, destination);
        for (const seq of chosen) take.run([turn.leaseUntil, worker, seq]);
        if (turn.leave) leases.leave(worker);
        const due = nextDue.first([destination])?.[0];
        return {
          calls: chosen.flatMap((seq) => {
            const call = readTaken(seq);
            return call ? [call] : [];
          }),
          nextDue: typeof due === 'number' && !waits ? due : null,
          released: turn.holding.filter((seq) => !isQueued.first([seq, destination])),
          renewed,
        };
      });
    },
  };
}

function takenOf(row: SqlRow): WrittenDelivery {
  const [events, queued, waited, tries, redelivery] = row.slice(-5);
  return {
    seq: Number(row[0]),
    capture: readCaptureRow(row),
    events: typeof events === 'string' ? events : null,
    queued: Number(queued),
    waited: Number(waited),
    tries: Number(tries),
    redelivery: typeof redelivery === 'number' ? redelivery : undefined,
  };
}

/**
 * Tracks which workers of a store are alive. Each increments a counter in the table `workers`. When a
 * counter stands still, another worker takes back the calls. Clocks of workers are never compared.
 */
interface WorkerLeases {
  /** Shows that the worker is alive. Returns the calls that it still has, and the other workers. */
  renew(turn: RenewingTurn, destination: number): Renewed;
  /** Makes the calls of expired workers due now, unless their counters have changed. */
  takeBack(expired: readonly WorkerBeat[], now: number): void;
  /** Removes a worker that ends. */
  leave(worker: string): void;
}

interface RenewingTurn extends Pick<DeliveryTurn, 'worker' | 'leaseUntil'> {
  readonly renewal: Renewal;
}

function prepareWorkerLeases(database: Database): WorkerLeases {
  const beat = database.prepare(
    `insert into workers (name, beat, pid, started, host, boot, namespace, clock)
     values (?, 1, ?, ?, ?, ?, ?, ?) on conflict do update set beat = beat + 1`,
  );
  // Workers of version 0.1.0 read `due` of an active call as the end of its worker's lease.
  const extend = database.prepare(
    `update deliveries set due = ? where state = ${active} and worker = ?`,
  );
  const held = database.prepare(
    `select capture from deliveries where state = ${active} and worker = ?`,
  );
  const count = database.prepare(
    'update destinations set waited = max(waited, ?) where id = ? returning waited',
  );
  const others = database.prepare(
    'select name, beat, pid, started, host, boot, namespace, clock from workers where name <> ?',
  );
  // Workers of version 0.1.0 have no row, but change `due` when they renew their leases.
  const olderWorkers = database.prepare(
    `select worker, max(due) from deliveries
     where state = ${active} and worker <> ? and worker not in (select name from workers) group by worker`,
  );
  const standsStill = database.prepare('select 1 from workers where name = ? and beat = ?');
  const olderStandsStill = database.prepare(
    `select 1 from deliveries where state = ${active} and worker = ? group by worker having max(due) = ?`,
  );
  const takeBackFrom = database.prepare(
    `update deliveries set state = ${delayed}, due = ?, worker = null where state = ${active} and worker = ?`,
  );
  const remove = database.prepare(
    `delete from workers where name = ?1
     and not exists (select 1 from deliveries where state = ${active} and worker = ?1)`,
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
    takeBack(expired, now) {
      for (const { name, beat: last, process } of expired) {
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

/** `pending`: the outcome cannot be applied yet. `applied`: it was applied, or has no effect. */
type Application = 'applied' | 'pending';

/** Updates the calls that were handed over from what the engine reports about them. */
export type Reconcile = (turn: ReconcileTurn) => ReconcileAnswer;

/** A reconciliation is one transaction. An error undoes it. */
export function prepareReconcile(
  database: Database,
  {
    destination: numberOfDestination,
    keepAttempt,
  }: Pick<Deliveries, 'destination' | 'keepAttempt'>,
  now: () => number,
): Reconcile {
  const seqOf = prepareSeqOfId(database);
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
    `update deliveries set state = iif(tries > 0, ${delayed}, ${waiting}), due = ?, worker = null
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
    const seq = seqOf(capture);
    const row = seq === undefined ? undefined : known.first([seq]);
    // The capture was removed, or the call was dropped or moved to another queue.
    if (seq === undefined || !row || row[2] !== queue) return 'applied';
    const [here, kept] = row;
    const beingHandedOver = here === active;
    const mayBeThere = here === waiting || here === delayed;
    if (beingHandedOver || (mayBeThere && kept === null)) return 'pending';
    // Another job means that the call was retried since. A delivered call stays delivered.
    if (kept !== job || here === delivered) return 'applied';
    switch (state) {
      case 'dropped':
        drop.run([seq]);
        return 'applied';
      case 'moved': {
        const moved = numberOfDestination({ url: to ?? '', queue });
        settle.run([deliveryState['handed over'], tries, now(), null, moved, seq]);
        return 'applied';
      }
      default:
        settle.run([deliveryState[state], tries, now(), skipped, null, seq]);
        if (last) keepAttempt(seq, last);
        return 'applied';
    }
  }

  function takeBackLost({ capture, job }: HandedOverCall): void {
    const seq = seqOf(capture);
    if (seq !== undefined) takeBack.run([now(), seq, job]);
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
        handedOver: handedOver.all([queue, behind, maxCalls]).map(([seq, named, job, url]) => ({
          seq: Number(seq),
          capture: idAt(seq, named),
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
