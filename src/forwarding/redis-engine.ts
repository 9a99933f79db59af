import { realClock } from '../call/clock.js';
import { type HandOver, startHandOver } from '../queue/hand-over.js';
import { startReconciling } from '../queue/reconcile.js';
import { jobKey } from '../queue/redis/job.js';
import { openRedisQueue, type RedisQueue } from '../queue/redis/redis-queue.js';
import type { Recorder } from '../store/recorder.js';
import { destinationOf } from './options.js';
import { type Engine, openStoreEngine, type StoreEngineParts } from './store-engine.js';

interface RedisEngineParts extends Omit<StoreEngineParts, 'recorder'> {
  /** The URL of the server. */
  readonly server: URL;
  /** Of the store whose calls are handed over. Undefined: others hand over calls. */
  readonly recorder: Recorder | undefined;
  /** Limits the wait for calls that are being handed over when the engine stops. */
  readonly graceMs: number;
  /** Called once when calls cannot be handed over, and when they can be again. */
  readonly failed: (error: unknown) => void;
  readonly recovered: () => void;
}

/** Limits the recording of the last outcomes. */
const lastOutcomesGraceMs = 2_000;

/** Calls go from the store to the server, and from there to the handler, here or on other machines. */
export function openRedisEngine(parts: RedisEngineParts): Engine {
  const { options, recorder, server, context } = parts;
  const { ordered } = options;
  const queue = openRedisQueue(server.href, options.target.href, { ordered });
  const { process: identity, pid, now } = context.host;
  queue.announce({ host: identity.host, pid, started: now() });
  const store = recorder && openStoreEngine({ ...parts, recorder });
  const transfer = store && recorder && startTransfer(parts, store.queue, recorder, queue);
  return {
    queue,
    async oldest() {
      const [onServer, inStore] = await Promise.all([queue.counts(), store?.oldest()]);
      const times = [onServer.oldest ?? [], inStore ?? []].flat();
      return times.length > 0 ? Math.min(...times) : null;
    },
    hasUntried: async () => (await store?.hasUntried()) ?? false,
    wake: () => store?.wake(),
    stop: async () => transfer?.stop(),
    async close() {
      await transfer?.close();
      await queue.close();
      await store?.close();
    },
  };
}

interface Transfer {
  /** Hands over no further calls. */
  stop(): Promise<void>;
  /** Records the outcomes so far. */
  close(): Promise<void>;
}

/** Hands the calls of a store over to Redis, and records their outcomes in the store. */
function startTransfer(
  { options, graceMs, failed, recovered }: RedisEngineParts,
  from: Engine['queue'],
  recorder: Recorder,
  to: RedisQueue,
): Transfer {
  const { ordered } = options;
  let tag = '';
  let stopped = false;
  let handOver: HandOver | undefined;
  const reconciling = startReconciling({
    reports: to.reports,
    reconcile: recorder.reconcile.bind(recorder),
    queue: destinationOf(options).queue,
    tagged(current) {
      tag = current;
      if (stopped) return;
      handOver ??= startHandOver({
        from,
        keyOf: (call) => jobKey(call, options.target.href),
        add: (call, job) => to.handOver(call, job, tag),
        ordered,
        failed,
        recovered,
        clock: realClock,
      });
    },
    ended: () => handOver?.wake(),
    searchingLost: (isSearching) => {
      if (ordered) handOver?.hold(isSearching);
    },
    clock: realClock,
  });
  return {
    async stop() {
      stopped = true;
      await handOver?.close(graceMs);
    },
    close: () => reconciling.close(lastOutcomesGraceMs),
  };
}
