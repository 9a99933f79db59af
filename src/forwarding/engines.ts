import type { CommandContext } from '../cli/command.js';
import type { Queue } from '../queue/queue.js';
import { createStoreQueue, type StoreQueue } from '../queue/store-queue.js';
import type { StoreFiles } from '../store/folder.js';
import { openStoreQueueAdmin } from '../store/queue-admin.js';
import type { Recorder } from '../store/recorder.js';
import { destinationOf, type ForwardingOptions } from './options.js';
import { workerName } from './worker-name.js';

/** Where the calls that are to be forwarded lie. */
export interface Engine {
  readonly queue: Queue;
  /** When the oldest call that is not at its end was queued, in milliseconds since 1970. */
  readonly oldest: () => Promise<number | null>;
  /** Whether some of the calls that were recorded here were neither tried nor handed over yet. */
  readonly hasUntried: () => Promise<boolean>;
  /** A call was recorded just now. */
  readonly wake: () => void;
  /** Hands nothing more over; the queue stays open for its worker. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface EngineParts {
  readonly options: ForwardingOptions;
  readonly files: StoreFiles;
  /** Of the store whose calls are forwarded; undefined: only what others hand over is. */
  readonly recorder: Recorder | undefined;
  readonly context: CommandContext;
  /** Told when calls cannot be handed over, or can be again (undefined). */
  readonly trouble: (error: unknown) => void;
}

/**
 * How long what is under way may take when it ends, in milliseconds. Longer than it takes to find out
 * that a server does not answer.
 */
export const closingPatience = 6_000;

export async function openEngine(parts: EngineParts): Promise<Engine> {
  const { options, recorder } = parts;
  const own = recorder && openStoreQueue(parts, recorder);
  if (options.queue) return openRedisEngine(parts, options.queue, own);
  if (!own) throw new Error('There is neither a store nor a server to forward from.');
  return {
    queue: own.queue,
    oldest: own.oldest,
    hasUntried: own.hasUntried,
    wake: () => own.queue.wake(),
    stop: async () => {},
    close: () => own.close(),
  };
}

/** Calls go from the store to the server, and from there to the handler, here or elsewhere. */
async function openRedisEngine(
  parts: EngineParts,
  url: URL,
  own: OpenStoreQueue | undefined,
): Promise<Engine> {
  const { options, recorder, trouble } = parts;
  const [{ openRedisQueue }, { startLeaving }] = await Promise.all([
    import('../queue/redis/redis-queue.js'),
    import('./leave-store.js'),
  ]);
  const { ordered } = options;
  const queue = openRedisQueue(url.href, options.target.href, { ordered });
  const server = destinationOf(options).queue;
  const leaving =
    own &&
    recorder &&
    startLeaving({ from: own.queue, recorder, to: queue, server, ordered, trouble });
  return {
    queue,
    async oldest() {
      const [there, here] = await Promise.all([queue.counts(), own?.oldest()]);
      const times = [there.oldest ?? [], here ?? []].flat();
      return times.length > 0 ? Math.min(...times) : null;
    },
    hasUntried: async () => (await own?.hasUntried()) ?? false,
    wake: () => own?.queue.wake(),
    stop: async () => leaving?.stop(closingPatience),
    async close() {
      await leaving?.close();
      await queue.close();
      await own?.close();
    },
  };
}

/** How long it is measured, in milliseconds, and from which shares and rates on a process is busy. */
const gaugeFor = 100;
const busyShare = 0.6;
const busyCalls = 1000;

/**
 * Tells whether calls come so fast that this process has hardly time for more: then answering them
 * goes before forwarding others. One that works off a backlog alone may take all its time.
 */
function busyGauge(recorder: Recorder): () => boolean {
  let began = performance.now();
  let loop = performance.eventLoopUtilization();
  let { given } = recorder;
  let busy = false;
  return () => {
    const now = performance.now();
    if (now - began < gaugeFor) return busy;
    const current = performance.eventLoopUtilization();
    const calls = ((recorder.given - given) * 1000) / (now - began);
    const { utilization } = performance.eventLoopUtilization(current, loop);
    busy = utilization > busyShare && calls > busyCalls;
    [began, loop, given] = [now, current, recorder.given];
    return busy;
  };
}

interface OpenStoreQueue {
  readonly queue: StoreQueue;
  /** Looked at again and again, on the thread that answers: a million calls must not be counted. */
  readonly oldest: () => Promise<number | null>;
  readonly hasUntried: () => Promise<boolean>;
  close(): Promise<void>;
}

function openStoreQueue(
  { options, files, context }: EngineParts,
  recorder: Recorder,
): OpenStoreQueue {
  const { host } = context;
  const destination = destinationOf(options);
  const admin = openStoreQueueAdmin(files, host.now);
  const queue = createStoreQueue({
    log: recorder,
    destination,
    counts: () => admin.counts(destination),
    worker: workerName(host),
    process: host.process,
    hasEnded: host.hasEnded,
    busy: busyGauge(recorder),
    now: host.now,
  });
  return {
    queue,
    oldest: () => admin.oldest(destination),
    hasUntried: () => admin.hasUntried(destination),
    async close() {
      await queue.close();
      await admin.close();
    },
  };
}
