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
import {
  type Database,
  isDamage,
  type SqlRow,
  type Statement,
  storableText,
  transaction,
} from './database.js';
import { knownEvents, lateJoin } from './event-index.js';
import { type DeliveryTable, deliveryTables, isHandedOver } from './outcomes.js';

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
  /**
   * Queues the captures from `first` to `last` for each destination, within the transaction that records them: for the
   * first one in `deliveries`, for the others in `further_deliveries`.
   */
  queue(destinations: readonly number[], first: number, last: number): void;
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
  const tables = { deliveries: prepareTable(database, 'deliveries') } as {
    readonly deliveries: TableStatements;
    further_deliveries?: TableStatements;
  };
  const hasFurther = database.prepare('select 1 from further_deliveries limit 1');
  const bodyLength = database.prepare('select length(body) from captures where place = ?');
  const keepAttempt = database.prepare(
    // The answer to a call that was on its way while events were erased from it may quote them.
    `insert into attempts (capture, number, time, url, status, reason, answer, ms)
     select ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, iif(${isErased}, null, ?5),
       iif(${isErased}, null, ?6), ?7
     from attempts where capture = ?1`,
  );
  const exists = database.prepare('select 1 from captures where place = ?');
  // Two handlers may answer at the same time. With --keep-path, the URL of an attempt may be longer.
  const isKept = database.prepare(
    `select 1 from attempts where capture = ?1 and time = ?2
       and (substr(url, 1, length(?3)) = ?3 or substr(?3, 1, length(url)) = url)`,
  );
  const seqOf = prepareSeqOfId(database);

  /** Of the tables in use: with a single handler, only the first one is. */
  function used(): readonly TableStatements[] {
    return hasFurther.first([]) ? [tables.deliveries, further()] : [tables.deliveries];
  }

  function further(): TableStatements {
    tables.further_deliveries ??= prepareTable(database, 'further_deliveries');
    return tables.further_deliveries;
  }

  function keep(seq: number, attempt: DeliveryAttempt): void {
    const { time, url, status, reason, answer, ms } = attempt;
    // The capture may have been pruned.
    if (!exists.first([seq])) return;
    keepAttempt.run([seq, time, url, status, storableText(reason), storableText(answer), ms]);
  }

  /** The calls that the turn takes, each with its table. */
  function choose(
    turn: DeliveryTurn,
    destination: number,
    from: readonly TableStatements[],
  ): ChosenCall[] {
    const { now, ordered, maxDelayed, maxWaiting } = turn;
    const delayed = first(maxDelayed, from, (table) =>
      table[ordered ? 'oldestDueCalls' : 'dueCalls'].all([destination, now, maxDelayed]),
    );
    const moreAreDue = delayed.length === maxDelayed;
    const waiting =
      ordered && moreAreDue
        ? []
        : first(maxWaiting, from, (table) =>
            table.waitingCalls.all([destination, turn.passed, maxWaiting]),
          );
    const chosen: ChosenCall[] = [];
    let bytes = 0;
    // The answer to a new call shows more about the handler than that to a failed one.
    for (const call of ordered ? [...delayed, ...waiting] : [...waiting, ...delayed]) {
      bytes += Number(bodyLength.first([call.seq])?.[0] ?? 0);
      if (bytes > maxTakenBytes && chosen.length > 0) break;
      chosen.push(call);
    }
    return chosen;
  }

  function numberOf(destination: Destination): number {
    const key = `${destination.queue} ${destination.url}`;
    const known = numbers.get(key) ?? findOrAdd(destination);
    numbers.set(key, known);
    return known;
  }

  /** Caches no number, because the caller's transaction may be undone. */
  function findOrAdd({ url, queue: engine, name }: Destination): number {
    database
      .prepare(
        `insert into destinations (url, queue, name) values (?1, ?2, ?3)
         on conflict do update set name = ?3 where ?3 is not null and name is not ?3`,
      )
      .run([url, engine, name ?? null]);
    const row = database
      .prepare('select id from destinations where url = ? and queue = ?')
      .first([url, engine]);
    return Number(row?.[0]);
  }

  /** Gives up a call that cannot be read: otherwise every turn that takes it would fail. */
  function readTaken({ seq, table }: ChosenCall, destination: number): WrittenDelivery | undefined {
    try {
      const row = table.takenCall.first([seq, destination]);
      return row && takenOf(row);
    } catch (error) {
      if (!isDamage(error)) throw error;
      table.giveUp.run([seq, destination]);
      return undefined;
    }
  }

  return {
    queue: ([destination = 0, ...others], first, last) => {
      tables.deliveries.queue.run([destination, first, last]);
      for (const other of others) further().queue.run([other, first, last]);
    },
    destination: findOrAdd,
    keepAttempt(seq, attempt) {
      if (!isKept.first([seq, attempt.time, attempt.url])) keep(seq, attempt);
    },
    turn(turn) {
      const destination = numberOf(turn.destination);
      const { now, worker } = turn;
      return transaction(database, () => {
        const from = used();
        for (const { seq, state, due, attempt, skipped = null, job = null } of turn.settled) {
          const tried = attempt ? 1 : 0;
          const values = [deliveryState[state], due, tried, skipped, job, seq, worker];
          // The worker has the call in one of the tables.
          from.some(({ settle }) => settle.first(values) !== undefined);
          if (attempt) keep(seq, attempt);
        }
        const { renewal } = turn;
        const renewed = renewal && leases.renew({ ...turn, renewal }, destination);
        const limitDue = (before: number) => {
          for (const table of from) table.limitDue.run([now, destination, before]);
        };
        if (renewal) limitDue(now + maxAheadMs);
        for (const id of turn.revived) {
          for (const table of from) table.revive.run([now, seqOf(id) ?? -1, destination]);
        }
        if (turn.hurry) limitDue(now);
        leases.takeBack(turn.expired, now);
        // In order, the calls of an expired worker come first: any other call would overtake them.
        const waits =
          turn.ordered &&
          from.some(({ withOthers }) => withOthers.first([destination, worker]) !== undefined);
        const chosen = waits ? [] : choose(turn, destination, from);
        for (const { seq, table } of chosen) {
          table.take.run([turn.leaseUntil, worker, seq, destination]);
        }
        if (turn.leave) leases.leave(worker);
        const due = from.flatMap(({ nextDue }) => {
          const next = nextDue.first([destination])?.[0];
          return typeof next === 'number' ? [next] : [];
        });
        return {
          calls: chosen.flatMap((each) => {
            const call = readTaken(each, destination);
            return call ? [call] : [];
          }),
          nextDue: due.length > 0 && !waits ? Math.min(...due) : null,
          released: turn.holding.filter(
            (seq) => !from.some(({ isQueued }) => isQueued.first([seq, destination])),
          ),
          renewed,
        };
      });
    },
  };
}

interface ChosenCall {
  readonly seq: number;
  /** By which due calls or untried ones are ordered. */
  readonly order: number;
  readonly table: TableStatements;
}

/** The first calls of all tables together. A row has a sequence number, and what orders it. */
function first(
  maxCalls: number,
  from: readonly TableStatements[],
  read: (table: TableStatements) => readonly SqlRow[],
): ChosenCall[] {
  const found = from.flatMap((table) =>
    read(table).map(([seq, order]) => ({ seq: Number(seq), order: Number(order), table })),
  );
  if (from.length > 1) found.sort((one, other) => one.order - other.order);
  return found.slice(0, maxCalls);
}

type TableStatements = ReturnType<typeof prepareTable>;

/** The statements of a worker and of recording, for one of the tables. */
function prepareTable(database: Database, table: DeliveryTable) {
  const dueCallsBy = (column: 'due' | 'capture') =>
    database.prepare(
      `select capture, ${column} from ${table}
       where state = ${delayed} and destination = ? and due <= ? order by ${column} limit ?`,
    );
  return {
    queue: database.prepare(
      `insert into ${table} (capture, destination, state, due, queued, tries, waited)
       select place, ?1, ${waiting}, 0, time, 0, (select waited from destinations where id = ?1)
       from captures where place between ?2 and ?3`,
    ),
    dueCalls: dueCallsBy('due'),
    oldestDueCalls: dueCallsBy('capture'),
    waitingCalls: database.prepare(
      `select capture, capture from ${table}
       where state = ${waiting} and destination = ? and capture > ? order by capture limit ?`,
    ),
    isQueued: database.prepare(
      `select 1 from ${table} where capture = ? and destination = ? and state in (${waiting}, ${delayed}, ${active})`,
    ),
    nextDue: database.prepare(
      `select min(due) from ${table} where state = ${delayed} and destination = ?`,
    ),
    take: database.prepare(
      `update ${table} set state = ${active}, due = ?, worker = ?,
         waited = coalesce(waited, (select waited from destinations where id = destination))
       where capture = ? and destination = ?`,
    ),
    takenCall: database.prepare(
      `select ${wholeColumns}, iif(partly.capture is null, ${knownEvents}, null), queued, delivery.waited, tries, redelivery
       from captures join ${table} as delivery on delivery.capture = place ${lateJoin}
       left join partly_indexed as partly on partly.capture = place
       left join imports on imports.capture = place where place = ? and destination = ?`,
    ),
    giveUp: database.prepare(
      `update ${table} set state = ${dead}, worker = null, reason = 'its capture cannot be read'
       where capture = ? and destination = ?`,
    ),
    settle: database.prepare(
      `update ${table} set state = ?, due = ?, tries = tries + ?, reason = ?, worker = null,
         job = coalesce(?, job)
       where capture = ? and state = ${active} and worker = ? returning 1`,
    ),
    withOthers: database.prepare(
      `select 1 from ${table} where state = ${active} and destination = ? and worker <> ? limit 1`,
    ),
    revive: database.prepare(
      `update ${table} set state = ${delayed}, due = ? where state = ${dead} and capture = ? and destination = ?`,
    ),
    limitDue: database.prepare(
      `update ${table} set due = ? where state = ${delayed} and destination = ? and due > ?`,
    ),
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
  const extend = ofEach(
    (table) => `update ${table} set due = ? where state = ${active} and worker = ?`,
  );
  const held = ofEach(
    (table) => `select capture from ${table} where state = ${active} and worker = ?`,
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
  const takeBackFrom = ofEach(
    (table) =>
      `update ${table} set state = ${delayed}, due = ?, worker = null where state = ${active} and worker = ?`,
  );
  const remove = database.prepare(
    `delete from workers where name = ?1
     and not exists (select 1 from deliveries where state = ${active} and worker = ?1)
     and not exists (select 1 from further_deliveries where state = ${active} and worker = ?1)`,
  );

  function ofEach(sql: (table: DeliveryTable) => string): readonly Statement[] {
    return deliveryTables.map((table) => database.prepare(sql(table)));
  }

  return {
    renew({ worker, leaseUntil, renewal: { process, waited } }, destination) {
      const { pid, started, host, boot, namespace, clock } = process;
      beat.run([worker, pid, started, host, boot, namespace, clock]);
      for (const each of extend) each.run([leaseUntil, worker]);
      return {
        held: held.flatMap((each) => each.all([worker]).map(([capture]) => Number(capture))),
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
        for (const each of takeBackFrom) each.run([now, name]);
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
    deliveryTables
      .map(
        (table) =>
          `select '${table}', destination, state, job from ${table}
           where capture = ?1 and destination in (select id from destinations where queue = ?2)`,
      )
      .join(' union all '),
  );
  const statements = {
    deliveries: prepareReconciled(database, 'deliveries'),
    further_deliveries: prepareReconciled(database, 'further_deliveries'),
  };
  const withdrawals = database.prepare(
    `select capture, job, url from withdrawals join destinations on destinations.id = destination
     where queue = ? limit ?`,
  );
  const withdrawn = database.prepare('delete from withdrawals where capture = ? and job = ?');
  const tags = database.prepare('select tag from tags order by first desc');

  function apply(outcome: RemoteOutcome, queue: string): Application {
    const { capture, job, state, to, tries, last, skipped } = outcome;
    const seq = seqOf(capture);
    if (seq === undefined) return 'applied';
    const rows = known.all([seq, queue]);
    const row = rows.find(([, , , kept]) => kept === job);
    const isPending = ([, , here, kept]: SqlRow) => {
      const mayBeThere = here === waiting || here === delayed;
      return here === active || (mayBeThere && kept === null);
    };
    // Another job means that the call was retried since, dropped, moved to another queue or removed.
    if (!row) return rows.some(isPending) ? 'pending' : 'applied';
    if (isPending(row)) return 'pending';
    const [table, destination = null, here] = row;
    // A delivered call stays delivered.
    if (here === delivered) return 'applied';
    const { settle, drop } = statements[asTable(table)];
    switch (state) {
      case 'dropped':
        drop.run([seq, destination]);
        return 'applied';
      case 'moved': {
        const moved = numberOfDestination({ url: to ?? '', queue });
        const isThere = rows.some((other) => other !== row && other[1] === moved);
        if (isThere) drop.run([seq, destination]);
        else {
          const values = [deliveryState['handed over'], tries, now(), null, moved];
          settle.run([...values, seq, destination]);
        }
        return 'applied';
      }
      default:
        settle.run([deliveryState[state], tries, now(), skipped, null, seq, destination]);
        if (last) keepAttempt(seq, last);
        return 'applied';
    }
  }

  /** A page of the calls that the engine has. It has all calls of each of its captures. */
  function handedOverBehind(
    behind: number,
    queue: string,
    maxCalls: number,
  ): Pick<ReconcileAnswer, 'handedOver' | 'nextBehind'> {
    const read = deliveryTables.map((table) =>
      statements[table].handedOver.all([queue, behind, maxCalls]).map(([seq, named, job, url]) => ({
        seq: Number(seq),
        capture: idAt(seq, named),
        job: String(job),
        to: String(url),
      })),
    );
    // The next page may have more calls of a full page's last capture.
    const ends = read.flatMap((calls, index) => {
      const last = calls.length < maxCalls ? undefined : calls.at(-1);
      return last ? [deliveryTables[index] === 'deliveries' ? last.seq : last.seq - 1] : [];
    });
    const nextBehind = ends.length > 0 ? Math.min(...ends) : null;
    const calls = read.flat().filter(({ seq }) => nextBehind === null || seq <= nextBehind);
    return { handedOver: calls.sort((one, other) => one.seq - other.seq), nextBehind };
  }

  function takeBackLost({ capture, job }: HandedOverCall): void {
    const seq = seqOf(capture);
    if (seq === undefined) return;
    for (const table of deliveryTables) statements[table].takeBack.run([now(), seq, job]);
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
        ...handedOverBehind(behind, queue, maxCalls),
        withdrawals: withdrawals.all([queue, maxCalls]).map(([id, job, url]) => ({
          capture: String(id),
          job: String(job),
          to: String(url),
        })),
      };
    });
}

function prepareReconciled(database: Database, table: DeliveryTable) {
  return {
    settle: database.prepare(
      `update ${table} set state = ?, tries = ?, due = ?, reason = ?, worker = null,
         destination = coalesce(?, destination) where capture = ? and destination = ?`,
    ),
    drop: database.prepare(`delete from ${table} where capture = ? and destination = ?`),
    handedOver: database.prepare(
      `select call.capture, ${idColumn('call.capture')}, job, url
       from ${table} as call join destinations on destinations.id = destination
         left join imports on imports.capture = call.capture
       where queue = ? and call.capture > ? and ${isHandedOver}
       order by call.capture limit ?`,
    ),
    takeBack: database.prepare(
      `update ${table} set state = iif(tries > 0, ${delayed}, ${waiting}), due = ?, worker = null
       where capture = ? and job = ? and ${isHandedOver}`,
    ),
  };
}

function asTable(name: SqlRow[number] | undefined): DeliveryTable {
  return name === 'further_deliveries' ? name : 'deliveries';
}
