import { onTestFinished } from 'vitest';
import type { QueueAdmin } from '../../src/call/queue-admin.js';
import { processHost } from '../../src/host.js';
import type { Queue, QueuedCall } from '../../src/queue/queue.js';
import { openRedisQueueAdmin } from '../../src/queue/redis/redis-admin.js';
import { openRedisQueue } from '../../src/queue/redis/redis-queue.js';
import { createStoreQueue } from '../../src/queue/store-queue.js';
import { seqOfId } from '../../src/store/capture-row.js';
import { openDatabase } from '../../src/store/database.js';
import { writeEvents } from '../../src/store/event-index.js';
import type { DeliveryTable } from '../../src/store/outcomes.js';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import { openRecorder } from '../../src/store/recorder.js';
import { layLine } from './line.js';
import { handOver } from './queued-calls.js';
import { startRedis } from './redis-server.js';
import { filesIn, importCaptures } from './store.js';
import { temporaryFolder } from './temporary-folder.js';

/** An engine that is empty at first, and removed after the test. */
export interface Engine {
  /**
   * The queue as one process has it: each open one is a process of its own. Calls that are added to it
   * keep the order of their panels, if that is asked for.
   */
  open(options?: { readonly ordered: boolean }): Promise<OpenQueue>;
  /** As `netcore-hook queue` sees it. */
  openAdmin(): QueueAdmin;
}

interface OpenQueue {
  readonly queue: Queue;
  /** Queues a call, and resolves when that is durable. */
  add(call: Pick<QueuedCall, 'capture' | 'events' | 'queued'>): Promise<void>;
  /** Simulates that the queue's process is killed. */
  kill(): void;
}

/** All engines. Calls of killed workers return within seconds. */
export const queueEngines: readonly (readonly [name: string, make: () => Promise<Engine>])[] = [
  ['the store', () => makeStoreEngine('deliveries')],
  ['the store, for a further handler', () => makeStoreEngine('further_deliveries')],
  ['Redis', makeRedisEngine],
];

const host = processHost();

/** Calls are imported, so that they have the ids that tests give them, and queued by hand. */
async function makeStoreEngine(table: DeliveryTable): Promise<Engine> {
  const files = filesIn(temporaryFolder());
  const destination = { url: 'http://127.0.0.1:3000/webhooks/netcore', queue: '' };
  const killed = new Set<string>();
  let workers = 0;
  return {
    openAdmin: () => closedAfterwards(openStoreQueueAdmin(files, Date.now)),
    async open() {
      workers += 1;
      const worker = `worker ${workers}`;
      const process = { ...host.process, started: worker };
      const recorder = await openRecorder(files, host, [destination]);
      const admin = openStoreQueueAdmin(files, Date.now);
      const queue = createStoreQueue({
        log: {
          turn: (turn) => (killed.has(worker) ? new Promise(() => {}) : recorder.turn(turn)),
        },
        destination,
        counts: () => admin.counts(destination),
        pausedSince: () => admin.pausedSince(destination),
        worker,
        process,
        hasEnded: ({ started }) => killed.has(started),
        busy: () => false,
        now: Date.now,
      });
      onTestFinished(async () => {
        await queue.close();
        await admin.close();
        await recorder.close();
      });
      return {
        queue,
        async add({ capture, events, queued }) {
          await importCaptures(files, [capture]);
          const database = openDatabase(files.database);
          const place = seqOfId(database, capture.id) ?? 0;
          database
            .prepare('update captures set events = ? where place = ?')
            .run([events ? writeEvents(events) : null, place]);
          database
            .prepare(
              `insert into ${table} (capture, destination, state, due, queued, tries)
               select ?, id, 0, 0, ?, 0 from destinations`,
            )
            .run([place, queued]);
          database.close();
        },
        kill: () => void killed.add(worker),
      };
    },
  };
}

async function makeRedisEngine(): Promise<Engine> {
  const redis = await startRedis();
  return {
    openAdmin: () => closedAfterwards(openRedisQueueAdmin(redis.url)),
    async open({ ordered } = { ordered: false }) {
      const line = await layLine(redis.port);
      const queue = openRedisQueue(
        `redis://127.0.0.1:${line.port}`,
        'http://127.0.0.1:3000/webhooks/netcore',
        { timing: { lockMs: 1000, stalledCheckMs: 500 }, ordered },
      );
      onTestFinished(() => queue.close());
      return {
        queue,
        add: async (call) => void (await handOver(queue, call)),
        kill: () => line.cut(),
      };
    },
  };
}

function closedAfterwards<T extends { close(): Promise<void> }>(admin: T): T {
  onTestFinished(() => admin.close());
  return admin;
}
