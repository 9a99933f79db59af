import {
  type Destination,
  deliveryState,
  deliveryStates,
  type QueueChoice,
  type QueueCounts,
  type QueueEntry,
  type ReconcileAnswer,
  type ReconcileTurn,
} from '../call/delivery.js';
import type { QueueAdmin } from '../call/queue-admin.js';
import { problem } from '../problems/problem.js';
import { idAt, idColumn, prepareSeqOfId } from './capture-row.js';
import { type Database, type SqlRow, type SqlValue, transaction } from './database.js';
import { prepareDeliveries, prepareReconcile, type Reconcile } from './deliveries.js';
import type { StoreFiles } from './folder.js';
import { asState, type DeliveryTable, deliveryTables, isHandedOver } from './outcomes.js';
import { openUpToDate } from './schema.js';

/** Administers the queue of a store, even while workers run. */
interface StoreQueueAdmin extends QueueAdmin {
  counts(destination: Destination): Promise<QueueCounts>;
  /** When the oldest unfinished call was queued. Faster than `counts`. */
  oldest(destination: Destination): Promise<number | null>;
  pausedSince(destination: Destination): Promise<number | null>;
  /** Whether any call was neither tried nor handed over. Faster than `counts`. */
  hasUntried(destination: Destination): Promise<boolean>;
  /**
   * Moves waiting and delayed calls from one engine to another, with their attempts. They are due there now.
   * Engines are named as in `Destination`. `target`: undefined for calls for every URL. Returns how many it moved.
   */
  move(target: string | undefined, engines: { from: string; to: string }): Promise<number>;
  /** As the writer of a listener does. */
  reconcile(turn: ReconcileTurn): Promise<ReconcileAnswer>;
}

const { waiting, delayed, active, delivered, dead, skipped } = deliveryState;
const pageSize = 200;
/** Calls changed in one transaction: limits how long a listener waits for it. */
const stepCalls = 1000;

/** Throws a problem when the store is missing or not writable. */
export function openStoreQueueAdmin(files: StoreFiles, now: () => number): StoreQueueAdmin {
  const database = openUpToDate(files);
  database.execute('pragma synchronous = full');
  const seqOf = prepareSeqOfId(database);
  let reconcile: Reconcile | undefined;
  const tables = {
    deliveries: prepareTable(database, 'deliveries'),
    further_deliveries: prepareTable(database, 'further_deliveries'),
  };
  const all = deliveryTables.map((name) => tables[name]);
  const pausedAt = database.prepare('select paused from destinations where id = ?');
  const toPause = database.prepare(
    `select url from destinations
     where queue = '' and (?1 is null or url = ?1) and (paused is null) <> (?2 is null) order by url`,
  );
  const pause = database.prepare(`update destinations set paused = ? where url = ? and queue = ''`);
  const nameOf = database.prepare(
    `select ${idColumn('place')} from (select ? as place) left join imports on imports.capture = place`,
  );
  const withdrawal = database.prepare(
    'insert into withdrawals (capture, job, destination) values (?, ?, ?) on conflict do nothing',
  );

  function countsAt(destination: SqlValue): QueueCounts {
    const counts = all.map(({ statesOf }) => statesOf.first([destination]) ?? []);
    const sum = (index: number) =>
      counts.reduce((total, each) => total + Number(each[index] ?? 0), 0);
    return {
      states: Object.fromEntries(
        deliveryStates.map((state, index) => [state, sum(index)]),
      ) as QueueCounts['states'],
      unforwarded: sum(deliveryStates.length),
      oldest: oldestAt(destination),
      paused: numberOrNull(pausedAt.first([destination])?.[0]),
    };
  }

  function oldestAt(destination: SqlValue): number | null {
    const times = all.flatMap(({ oldest }) => {
      const time = oldest.first([destination])?.[0];
      return typeof time === 'number' ? [time] : [];
    });
    return times.length > 0 ? Math.min(...times) : null;
  }

  function numberOf({ url, queue }: Destination): SqlValue {
    const row = database
      .prepare('select id from destinations where url = ? and queue = ?')
      .first([url, queue]);
    return row?.[0] ?? -1;
  }

  /** SQL conditions for a choice of deliveries, and their values. */
  function conditions({ ids, states, target }: QueueChoice): [sql: string, values: SqlValue[]] {
    const parts: string[] = [];
    const values: SqlValue[] = [];
    if (ids.length > 0) {
      const seqs = ids.map((id) => seqOf(id) ?? -1);
      // SQLite bounds the number of parameters.
      parts.push('and call.capture in (select value from json_each(?))');
      values.push(JSON.stringify(seqs));
    }
    if (states.length > 0) {
      parts.push(`and state in (${states.map((state) => deliveryState[state]).join(', ')})`);
    }
    if (target !== undefined) {
      parts.push('and call.destination in (select id from destinations where url = ?)');
      values.push(target);
    }
    return [parts.join(' '), values];
  }

  /** Passes all chosen calls to `act`, `stepCalls` at a time. `act` may change only these. Returns how many. */
  async function change(
    choice: QueueChoice,
    among: string,
    act: (call: FoundCall) => void,
  ): Promise<number> {
    const [sql, values] = conditions(choice);
    let changed = 0;
    for (const table of deliveryTables) {
      const page = database.prepare(
        `select capture, destination, job from ${table} as call
         where (capture, destination) > (?, ?) and ${among} ${sql} order by capture, destination limit ?`,
      );
      for (let behind: readonly SqlValue[] | undefined = [-1, -1]; behind; ) {
        const after: readonly SqlValue[] = behind;
        const found: SqlRow[] = transaction(database, () => {
          const rows = page.all([...after, ...values, stepCalls]);
          for (const [seq = -1, destination = -1, job = null] of rows) {
            act({ table, seq, destination, job });
          }
          return rows;
        });
        changed += found.length;
        const last = found.length < stepCalls ? undefined : found.at(-1);
        // A call may have been moved to a later destination, but `deliveries` has one call for each capture.
        behind = last && [last[0] ?? -1, table === 'deliveries' ? max : (last[1] ?? -1)];
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return changed;
  }

  /** The table that has a capture's call for a destination. */
  function tableOf(seq: SqlValue, destination: SqlValue): DeliveryTable | undefined {
    return deliveryTables.find((name) => tables[name].has.first([seq, destination]));
  }

  /** Moves a call to a destination that has none of its capture yet, with its state. */
  function moveCall({ table, seq, destination }: FoundCall, to: SqlValue): boolean {
    if (to === destination) return true;
    if (tableOf(seq, to)) return false;
    tables[table].setDestination.run([to, seq, destination]);
    return true;
  }

  /**
   * The chosen calls of a table, page by page. The attempts at several handlers differ by the start of their URLs, to
   * which --keep-path adds a path.
   */
  function* newestFirst(choice: QueueChoice, table: DeliveryTable): Generator<SqlRow> {
    const [sql, values] = conditions(choice);
    const page = database.prepare(
      `select call.capture, ${idColumn('call.capture')}, url, state, queued, due, tries,
         (select json_array(status, reason) from attempts
          where attempts.capture = call.capture and (
            not exists (select 1 from further_deliveries as other where other.capture = call.capture)
            or substr(attempts.url, 1, length(rtrim(destinations.url, '/'))) = rtrim(destinations.url, '/'))
          order by number desc limit 1), name, destination
       from ${table} as call join destinations on destinations.id = destination
       left join imports on imports.capture = call.capture
       where (call.capture, call.destination) < (?, ?) ${sql}
       order by call.capture desc, call.destination desc limit ?`,
    );
    for (let before: readonly SqlValue[] | undefined = [max, max]; before; ) {
      const rows = page.all([...before, ...values, pageSize]);
      yield* rows;
      const last = rows.length < pageSize ? undefined : rows.at(-1);
      before = last && [last[0] ?? -1, last[9] ?? -1];
    }
  }

  return {
    async targets() {
      return database
        .prepare('select id, url, queue, name from destinations order by url, queue')
        .all([])
        .map(([id, url, queue, name]) => ({
          target: String(url),
          name: typeof name === 'string' ? name : null,
          queue: String(queue),
          ...countsAt(id ?? -1),
        }))
        .filter(
          ({ states, paused }) =>
            paused !== null || Object.values(states).some((count) => count > 0),
        );
    },
    counts: async (destination) => countsAt(numberOf(destination)),
    oldest: async (destination) => oldestAt(numberOf(destination)),
    pausedSince: async (destination) => numberOrNull(pausedAt.first([numberOf(destination)])?.[0]),
    async hasUntried(destination) {
      const number = numberOf(destination);
      return all.some(({ untried }) => untried.first([number])?.[0] === 1);
    },
    async *list(choice) {
      const sources = deliveryTables.map((table) => newestFirst(choice, table));
      const heads = sources.map((source) => source.next());
      for (;;) {
        const seqs = heads.map(({ done, value }) => (done ? -1 : Number(value[0])));
        const newest = seqs.indexOf(Math.max(...seqs));
        const head = heads[newest];
        const source = sources[newest];
        if (!source || !head || head.done) return;
        heads[newest] = source.next();
        yield queueEntry(head.value);
      }
    },
    async retry(choice, to) {
      const move = to === undefined ? undefined : destinationOf(to);
      const isRetried = `state in (${waiting}, ${delayed}, ${delivered}, ${dead}, ${skipped})`;
      return change(choice, isRetried, (call) => {
        const { table, seq, destination } = call;
        withdraw(call);
        if (move === undefined || moveCall(call, move)) {
          tables[table].retry.run([now(), now(), seq, move ?? destination]);
          return;
        }
        // The other handler has its own call of this capture.
        tables[table].remove.run([seq, destination]);
        const there = tableOf(seq, move);
        if (!there) return;
        const [job = null] = tables[there].idleJob.first([seq, move]) ?? [];
        withdraw({ ...call, destination: move, job });
        tables[there].retryIdle.run([now(), now(), seq, move]);
      });
    },
    async enqueue(captures, to) {
      if (captures.length === 0) return 0;
      const destination = to === undefined ? onlyDestination() : destinationOf(to);
      const hasAny = database.prepare('select 1 from deliveries where capture = ?');
      let queued = 0;
      for (let at = 0; at < captures.length; at += stepCalls) {
        transaction(database, () => {
          for (const id of captures.slice(at, at + stepCalls)) {
            const seq = seqOf(id);
            if (seq === undefined || tableOf(seq, destination)) continue;
            const table = hasAny.first([seq]) ? 'further_deliveries' : 'deliveries';
            tables[table].enqueue.run([destination, now(), now(), seq]);
            queued += 1;
          }
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
      return queued;
    },
    drop(choice) {
      return change(choice, `state <> ${active} and not ${isHandedOver}`, (call) => {
        withdraw(call);
        tables[call.table].remove.run([call.seq, call.destination]);
      });
    },
    async move(target, { from, to }) {
      const sources = database
        .prepare('select url, name from destinations where queue = ?1 and (?2 is null or url = ?2)')
        .all([from, target ?? null]);
      let moved = 0;
      for (const [url, name] of sources) {
        const there = addDestination({
          url: String(url),
          queue: to,
          name: typeof name === 'string' ? name : undefined,
        });
        const here = numberOf({ url: String(url), queue: from });
        const among = `state in (${waiting}, ${delayed}) and destination = ${here}`;
        moved += await change({ ids: [], states: [], target: undefined }, among, (call) => {
          if (moveCall(call, there)) tables[call.table].setMoved.run([now(), call.seq, there]);
          else tables[call.table].remove.run([call.seq, call.destination]);
        });
      }
      return moved;
    },
    async reconcile(turn) {
      reconcile ??= prepareReconcile(database, prepareDeliveries(database), now);
      return reconcile(turn);
    },
    pause: async (target, since) =>
      transaction(database, () =>
        toPause.all([target ?? null, since]).map(([url]) => {
          pause.run([since, url ?? null]);
          return String(url);
        }),
      ),
    close: async () => database.close(),
  };

  /** The other engine may still have a call that was handed over, for example as a dead one. */
  function withdraw({ seq, destination, job }: FoundCall): void {
    if (typeof job !== 'string') return;
    withdrawal.run([idAt(seq, nameOf.first([seq])?.[0]), job, destination]);
  }

  function onlyDestination(): SqlValue {
    const found = database.prepare('select id, url from destinations order by url').all([]);
    const urls = [...new Set(found.map(([, url]) => String(url)))];
    const [only] = found.at(-1) ?? [];
    if (urls.length === 1 && only !== undefined) return only;
    throw problem('target_unclear', { targets: urls });
  }

  /** Moved calls belong to the store's own queue from then on. */
  function destinationOf(url: string): number {
    return addDestination({ url, queue: '' });
  }

  function addDestination(destination: Destination): number {
    const { url, queue, name = null } = destination;
    database
      .prepare(
        'insert into destinations (url, queue, name) values (?, ?, ?) on conflict do nothing',
      )
      .run([url, queue, name]);
    return Number(numberOf(destination));
  }
}

interface FoundCall {
  readonly table: DeliveryTable;
  readonly seq: SqlValue;
  readonly destination: SqlValue;
  readonly job: SqlValue;
}

const max = Number.MAX_SAFE_INTEGER;

function prepareTable(database: Database, table: DeliveryTable) {
  const retry = `update ${table} set state = ${delayed}, due = ?, queued = ?, tries = 0, worker = null, job = null,
      redelivery = iif(state = ${delivered}, coalesce(redelivery, 0) + 1, redelivery)
    where capture = ? and destination = ?`;
  return {
    has: database.prepare(`select 1 from ${table} where capture = ? and destination = ?`),
    untried: database.prepare(
      `select exists (select 1 from ${table} where state = ${waiting} and destination = ?1)
         or exists (select 1 from ${table} where state = ${active} and destination = ?1)`,
    ),
    oldest: database.prepare(
      `select min(queued) from (
         select min(queued) as queued from ${table} where state = ${waiting} and destination = ?1
           and capture = (select min(capture) from ${table} where state = ${waiting} and destination = ?1)
         union all select min(queued) from ${table} where state = ${delayed} and destination = ?1
         union all select min(queued) from ${table} where state = ${active} and destination = ?1
         union all select min(queued) from ${table} where ${isHandedOver} and destination = ?1)`,
    ),
    // One scan: grouping would sort the deliveries first, and takes five times as long.
    statesOf: database.prepare(
      `select ${deliveryStates.map((state) => `count(*) filter (where state = ${deliveryState[state]})`).join(', ')},
         count(*) filter (where state = ${skipped} and reason in ('no_data', 'unreadable'))
       from ${table} where destination = ?`,
    ),
    retry: database.prepare(retry),
    /** Leaves a call alone that a worker or another engine has. */
    retryIdle: database.prepare(`${retry} and state <> ${active} and not ${isHandedOver}`),
    idleJob: database.prepare(
      `select job from ${table} where capture = ? and destination = ? and state <> ${active} and not ${isHandedOver}`,
    ),
    setDestination: database.prepare(
      `update ${table} set destination = ? where capture = ? and destination = ?`,
    ),
    setMoved: database.prepare(
      `update ${table} set state = ${delayed}, due = ?, job = null where capture = ? and destination = ?`,
    ),
    enqueue: database.prepare(
      `insert into ${table} (capture, destination, state, due, queued, tries)
       select place, ?, ${delayed}, ?, ?, 0 from captures where place = ?`,
    ),
    remove: database.prepare(`delete from ${table} where capture = ? and destination = ?`),
  };
}

function numberOrNull(value: SqlValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function queueEntry(row: SqlRow): QueueEntry {
  const [seq, named, url, number, queued, due, tries, last, name] = row;
  const state = asState(number);
  const [status, reason] = typeof last === 'string' ? (JSON.parse(last) as unknown[]) : [];
  return {
    id: idAt(seq, named),
    target: String(url),
    name: typeof name === 'string' ? name : null,
    state,
    queued: Number(queued),
    due: state === 'delayed' ? Number(due) : null,
    tries: Number(tries),
    last:
      typeof last === 'string'
        ? {
            status: typeof status === 'number' ? status : null,
            reason: typeof reason === 'string' ? reason : null,
          }
        : null,
  };
}
