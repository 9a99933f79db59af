import type { DeliveryTurn, Renewal, Renewed, WorkerBeat } from '../call/delivery.js';
import type { Database, SqlRow } from './database.js';

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
