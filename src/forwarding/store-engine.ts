import type { CommandContext } from '../cli/command.js';
import type { Host } from '../host.js';
import type { Queue } from '../queue/queue.js';
import { createStoreQueue, type StoreQueue } from '../queue/store-queue.js';
import type { StoreFiles } from '../store/folder.js';
import { openStoreQueueAdmin } from '../store/queue-admin.js';
import type { Recorder } from '../store/recorder.js';
import { destinationOf, type ForwardingOptions } from './options.js';

/** The queue of the calls to be forwarded: in the store or on Redis. */
export interface Engine {
  readonly queue: Queue;
  /** When the oldest call that has not ended was queued, in milliseconds since 1970. */
  readonly oldest: () => Promise<number | null>;
  /** Whether the store has calls that were neither tried nor handed over. */
  readonly hasUntried: () => Promise<boolean>;
  /** Takes calls that were recorded just now. */
  readonly wake: () => void;
  /** Hands over no further calls. The queue stays open for its worker. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface StoreEngine extends Engine {
  readonly queue: StoreQueue;
}

export interface StoreEngineParts {
  readonly options: ForwardingOptions;
  readonly files: StoreFiles;
  readonly recorder: Recorder;
  readonly context: CommandContext;
}

export function openStoreEngine({
  options,
  files,
  recorder,
  context: { host },
}: StoreEngineParts): StoreEngine {
  const destination = destinationOf(options);
  const admin = openStoreQueueAdmin(files, host.now);
  const queue = createStoreQueue({
    log: recorder,
    destination,
    counts: () => admin.counts(destination),
    pausedSince: () => admin.pausedSince(destination),
    worker: workerName(host),
    process: host.process,
    hasEnded: host.hasEnded,
    busy: busyGauge(recorder),
    now: host.now,
  });
  return {
    queue,
    // Polled on the thread that answers calls, so that it must not count a long queue.
    oldest: () => admin.oldest(destination),
    hasUntried: () => admin.hasUntried(destination),
    wake: () => queue.wake(),
    stop: async () => {},
    async close() {
      await queue.close();
      await admin.close();
    },
  };
}

/**
 * A unique name for a worker of a store. Version 0.1.0 reads the part behind the @ as a machine's name, and would
 * look for the process on its own machine, which fails in another PID namespace. `lease:` prevents that.
 */
export function workerName({ pid, process, randomBytes }: Host): string {
  return `${pid}.${Buffer.from(randomBytes(6)).toString('hex')}@lease:${process.host}`;
}

/** A process is busy above this share of its time and this rate of calls, measured over this interval. */
const busyShare = 0.6;
const busyCallsPerSecond = 1000;
const gaugeIntervalMs = 100;

/**
 * Measures whether calls arrive so fast that answering them takes most of the time of this process. A worker that
 * only delivers a backlog may use all of its time.
 */
function busyGauge(recorder: Recorder): () => boolean {
  let began = performance.now();
  let loop = performance.eventLoopUtilization();
  let { given } = recorder;
  let busy = false;
  return () => {
    const now = performance.now();
    if (now - began < gaugeIntervalMs) return busy;
    const current = performance.eventLoopUtilization();
    const callsPerSecond = ((recorder.given - given) * 1000) / (now - began);
    const { utilization } = performance.eventLoopUtilization(current, loop);
    busy = utilization > busyShare && callsPerSecond > busyCallsPerSecond;
    [began, loop, given] = [now, current, recorder.given];
    return busy;
  };
}
