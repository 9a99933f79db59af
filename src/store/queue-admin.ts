import {
  type Destination,
  deliveryStates,
  type QueueChoice,
  type QueueCounts,
  type QueueEntry,
} from '../call/delivery.js';
import type { QueueAdmin } from '../call/queue-admin.js';
import { idAt, idColumn, preparePlaceOfId } from './capture-row.js';
import { type SqlRow, type SqlValue, transaction } from './database.js';
import type { StoreFiles } from './folder.js';
import { isHandedOver } from './outcomes.js';
import { openUpToDate } from './schema.js';

/** Administers the queue of a store, also while workers run. */
export interface StoreQueueAdmin extends QueueAdmin {
  counts(destination: Destination): Promise<QueueCounts>;
  /** When the oldest unfinished call was queued. Does not count all of them. */
  oldest(destination: Destination): Promise<number | null>;
  /** Whether some calls were neither tried nor handed over. Does not count them either. */
  hasUntried(destination: Destination): Promise<boolean>;
}

const skippedState = deliveryStates.indexOf('skipped');
const pageSize = 200;
/** Changed in one transaction, so that nobody who records waits long. */
const stepCalls = 1000;

/** Throws a problem when there is no store, or none that can be written. */
export function openStoreQueueAdmin(files: StoreFiles, now: () => number): StoreQueueAdmin {
  const database = openUpToDate(files);
  database.execute('pragma synchronous = full');
  const placeOf = preparePlaceOfId(database);
  const untried = database.prepare(
    `select exists (select 1 from deliveries where state = 0 and destination = ?1)
       or exists (select 1 from deliveries where state = 2 and destination = ?1)`,
  );
  const oldest = database.prepare(
    `select min(queued) from (
       select min(queued) as queued from deliveries where state = 0 and destination = ?1
         and capture = (select min(capture) from deliveries where state = 0 and destination = ?1)
       union all select min(queued) from deliveries where state = 1 and destination = ?1
       union all select min(queued) from deliveries where state = 2 and destination = ?1
       union all select min(queued) from deliveries where ${isHandedOver} and destination = ?1)`,
  );

  const jobAt = database.prepare(
    `select ${idColumn('deliveries.capture')}, job, destination from deliveries
     left join imports on imports.capture = deliveries.capture where deliveries.capture = ?`,
  );
  const withdrawal = database.prepare(
    'insert into withdrawals (capture, job, destination) values (?, ?, ?) on conflict do nothing',
  );

  // One walk through all of them: grouping would sort them first, and takes five times as long.
  const statesOf = database.prepare(
    `select ${deliveryStates.map((_, state) => `count(*) filter (where state = ${state})`).join(', ')},
       count(*) filter (where state = ${skippedState} and reason in ('no_data', 'unreadable'))
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
    };
  }

  function oldestAt(destination: SqlValue): number | null {
    const first = oldest.first([destination])?.[0];
    return typeof first === 'number' ? first : null;
  }

  function numberOf({ url, queue }: Destination): SqlValue {
    const row = database
      .prepare('select id from destinations where url = ? and queue = ?')
      .first([url, queue]);
    return row?.[0] ?? -1;
  }

  /** Conditions on deliveries that a choice comes to, and the values in them. */
  function conditions({ ids, states, target }: QueueChoice): [sql: string, values: SqlValue[]] {
    const parts: string[] = [];
    const values: SqlValue[] = [];
    if (ids.length > 0) {
      const places = ids.map((id) => placeOf(id) ?? -1);
      parts.push(`and deliveries.capture in (${places.map(() => '?').join(', ')})`);
      values.push(...places);
    }
    if (states.length > 0) {
      parts.push(
        `and state in (${states.map((state) => deliveryStates.indexOf(state)).join(', ')})`,
      );
    }
    if (target !== undefined) {
      parts.push('and destination in (select id from destinations where url = ?)');
      values.push(target);
    }
    return [parts.join(' '), values];
  }

  /** Does something with all chosen calls, a step of them at a time. */
  async function change(
    choice: QueueChoice,
    among: string,
    act: (places: readonly SqlValue[]) => void,
  ): Promise<number> {
    const [sql, values] = conditions(choice);
    const page = database.prepare(
      `select capture from deliveries where capture > ? and ${among} ${sql} order by capture limit ?`,
    );
    let changed = 0;
    for (let behind: SqlValue = -1; ; ) {
      const places = transaction(database, () => {
        const found = page.all([behind, ...values, stepCalls]).map(([place]) => place ?? -1);
        act(found);
        return found;
      });
      changed += places.length;
      behind = places.at(-1) ?? -1;
      if (places.length < stepCalls) return changed;
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
        .filter(({ states }) => Object.values(states).some((count) => count > 0));
    },
    counts: async (destination) => countsAt(numberOf(destination)),
    oldest: async (destination) => oldestAt(numberOf(destination)),
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
        `update deliveries set state = 1, due = ?, queued = ?, tries = 0, worker = null, job = null,
           destination = coalesce(?, destination) where capture = ?`,
      );
      return change(choice, 'state in (0, 1, 3, 4, 5)', (places) => {
        for (const place of places) {
          withdraw(place);
          set.run([now(), now(), move ?? null, place]);
        }
      });
    },
    drop(choice) {
      const remove = database.prepare('delete from deliveries where capture = ?');
      return change(choice, `state <> 2 and not ${isHandedOver}`, (places) => {
        for (const place of places) {
          withdraw(place);
          remove.run([place]);
        }
      });
    },
    close: async () => database.close(),
  };

  /** The engine that a call was handed over to may still have it: as a dead one, or unknown to us. */
  function withdraw(place: SqlValue): void {
    const [named, job, destination] = jobAt.first([place]) ?? [];
    if (typeof job !== 'string') return;
    withdrawal.run([idAt(place, named), job, destination ?? null]);
  }

  /** Calls that are moved lie in the store's own queue from then on. */
  function destinationOf(url: string): number {
    database
      .prepare(`insert into destinations (url, queue) values (?, '') on conflict do nothing`)
      .run([url]);
    return Number(numberOf({ url, queue: '' }));
  }
}

function queueEntry(row: SqlRow): QueueEntry {
  const [place, named, url, number, queued, due, tries, last] = row;
  const state = deliveryStates[Number(number)] ?? 'waiting';
  const [status, reason] = typeof last === 'string' ? (JSON.parse(last) as unknown[]) : [];
  return {
    id: idAt(place, named),
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
