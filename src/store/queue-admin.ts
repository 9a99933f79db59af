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
import { type SqlRow, type SqlValue, transaction } from './database.js';
import { prepareDeliveries, prepareReconcile, type Reconcile } from './deliveries.js';
import type { StoreFiles } from './folder.js';
import { asState, isHandedOver } from './outcomes.js';
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
  const untried = database.prepare(
    `select exists (select 1 from deliveries where state = ${waiting} and destination = ?1)
       or exists (select 1 from deliveries where state = ${active} and destination = ?1)`,
  );
  const oldest = database.prepare(
    `select min(queued) from (
       select min(queued) as queued from deliveries where state = ${waiting} and destination = ?1
         and capture = (select min(capture) from deliveries where state = ${waiting} and destination = ?1)
       union all select min(queued) from deliveries where state = ${delayed} and destination = ?1
       union all select min(queued) from deliveries where state = ${active} and destination = ?1
       union all select min(queued) from deliveries where ${isHandedOver} and destination = ?1)`,
  );

  const pausedAt = database.prepare('select paused from destinations where id = ?');
  const toPause = database.prepare(
    `select url from destinations
     where queue = '' and (?1 is null or url = ?1) and (paused is null) <> (?2 is null) order by url`,
  );
  const pause = database.prepare(`update destinations set paused = ? where url = ? and queue = ''`);
  const jobAt = database.prepare(
    `select ${idColumn('deliveries.capture')}, job, destination from deliveries
     left join imports on imports.capture = deliveries.capture where deliveries.capture = ?`,
  );
  const withdrawal = database.prepare(
    'insert into withdrawals (capture, job, destination) values (?, ?, ?) on conflict do nothing',
  );

  // One scan: grouping would sort the deliveries first, and takes five times as long.
  const statesOf = database.prepare(
    `select ${deliveryStates.map((state) => `count(*) filter (where state = ${deliveryState[state]})`).join(', ')},
       count(*) filter (where state = ${skipped} and reason in ('no_data', 'unreadable'))
     from deliveries where destination = ?`,
  );

  function countsAt(destination: SqlValue): QueueCounts {
    const counts = statesOf.first([destination]) ?? [];
    return {
      states: Object.fromEntries(
        deliveryStates.map((state, index) => [state, Number(counts[index] ?? 0)]),
      ) as QueueCounts['states'],
      unforwarded: Number(counts[deliveryStates.length] ?? 0),
      oldest: oldestAt(destination),
      paused: numberOrNull(pausedAt.first([destination])?.[0]),
    };
  }

  function oldestAt(destination: SqlValue): number | null {
    return numberOrNull(oldest.first([destination])?.[0]);
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
      parts.push('and deliveries.capture in (select value from json_each(?))');
      values.push(JSON.stringify(seqs));
    }
    if (states.length > 0) {
      parts.push(`and state in (${states.map((state) => deliveryState[state]).join(', ')})`);
    }
    if (target !== undefined) {
      parts.push('and destination in (select id from destinations where url = ?)');
      values.push(target);
    }
    return [parts.join(' '), values];
  }

  /** Passes all chosen calls to `act`, `stepCalls` at a time. */
  async function change(
    choice: QueueChoice,
    among: string,
    act: (seqs: readonly SqlValue[]) => void,
  ): Promise<number> {
    const [sql, values] = conditions(choice);
    const page = database.prepare(
      `select capture from deliveries where capture > ? and ${among} ${sql} order by capture limit ?`,
    );
    let changed = 0;
    for (let behind: SqlValue = -1; ; ) {
      const seqs = transaction(database, () => {
        const found = page.all([behind, ...values, stepCalls]).map(([seq]) => seq ?? -1);
        act(found);
        return found;
      });
      changed += seqs.length;
      behind = seqs.at(-1) ?? -1;
      if (seqs.length < stepCalls) return changed;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    async targets() {
      return database
        .prepare('select id, url, queue from destinations order by url, queue')
        .all([])
        .map(([id, url, queue]) => ({
          target: String(url),
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
    hasUntried: async (destination) => untried.first([numberOf(destination)])?.[0] === 1,
    async *list(choice) {
      const [sql, values] = conditions(choice);
      const page = database.prepare(
        `select deliveries.capture, ${idColumn('deliveries.capture')}, url, state, queued, due, tries,
           (select json_array(status, reason) from attempts
            where attempts.capture = deliveries.capture order by number desc limit 1)
         from deliveries join destinations on destinations.id = destination
         left join imports on imports.capture = deliveries.capture
         where deliveries.capture < ? ${sql} order by deliveries.capture desc limit ?`,
      );
      for (let before: SqlValue = Number.MAX_SAFE_INTEGER; ; ) {
        const rows = page.all([before, ...values, pageSize]);
        for (const row of rows) yield queueEntry(row);
        before = rows.at(-1)?.[0] ?? -1;
        if (rows.length < pageSize) return;
      }
    },
    async retry(choice, to) {
      const move = to === undefined ? undefined : destinationOf(to);
      const set = database.prepare(
        `update deliveries set state = ${delayed}, due = ?, queued = ?, tries = 0, worker = null, job = null,
           redelivery = iif(state = ${delivered}, coalesce(redelivery, 0) + 1, redelivery),
           destination = coalesce(?, destination) where capture = ?`,
      );
      return change(
        choice,
        `state in (${waiting}, ${delayed}, ${delivered}, ${dead}, ${skipped})`,
        (seqs) => {
          for (const seq of seqs) {
            withdraw(seq);
            set.run([now(), now(), move ?? null, seq]);
          }
        },
      );
    },
    async enqueue(captures, to) {
      const insert = database.prepare(
        `insert into deliveries (capture, destination, state, due, queued, tries)
         select place, ?, ${delayed}, ?, ?, 0 from captures where place = ? on conflict do nothing`,
      );
      let queued = 0;
      for (let at = 0; at < captures.length; at += stepCalls) {
        transaction(database, () => {
          for (const id of captures.slice(at, at + stepCalls)) {
            const seq = seqOf(id);
            if (seq === undefined || jobAt.first([seq])) continue;
            insert.run([
              to === undefined ? onlyDestination() : destinationOf(to),
              now(),
              now(),
              seq,
            ]);
            queued += 1;
          }
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
      return queued;
    },
    drop(choice) {
      const remove = database.prepare('delete from deliveries where capture = ?');
      return change(choice, `state <> ${active} and not ${isHandedOver}`, (seqs) => {
        for (const seq of seqs) {
          withdraw(seq);
          remove.run([seq]);
        }
      });
    },
    async move(target, { from, to }) {
      const set = database.prepare(
        `update deliveries set destination = ?, state = ${delayed}, due = ?, job = null where capture = ?`,
      );
      const sources = database
        .prepare('select url from destinations where queue = ?1 and (?2 is null or url = ?2)')
        .all([from, target ?? null]);
      let moved = 0;
      for (const [url] of sources) {
        const there = addDestination({ url: String(url), queue: to });
        const here = numberOf({ url: String(url), queue: from });
        const among = `state in (${waiting}, ${delayed}) and destination = ${here}`;
        moved += await change({ ids: [], states: [], target: undefined }, among, (seqs) => {
          for (const seq of seqs) set.run([there, now(), seq]);
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
  function withdraw(seq: SqlValue): void {
    const [named, job, destination] = jobAt.first([seq]) ?? [];
    if (typeof job !== 'string') return;
    withdrawal.run([idAt(seq, named), job, destination ?? null]);
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
    database
      .prepare('insert into destinations (url, queue) values (?, ?) on conflict do nothing')
      .run([destination.url, destination.queue]);
    return Number(numberOf(destination));
  }
}

function numberOrNull(value: SqlValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function queueEntry(row: SqlRow): QueueEntry {
  const [seq, named, url, number, queued, due, tries, last] = row;
  const state = asState(number);
  const [status, reason] = typeof last === 'string' ? (JSON.parse(last) as unknown[]) : [];
  return {
    id: idAt(seq, named),
    target: String(url),
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
