import { realClock } from '../call/clock.js';
import { type HandOver, startHandOver } from '../queue/hand-over.js';
import type { Queue } from '../queue/queue.js';
import { startReconciling } from '../queue/reconcile.js';
import { jobKey } from '../queue/redis/job.js';
import type { RedisQueue } from '../queue/redis/redis-queue.js';
import type { Recorder } from '../store/recorder.js';

/** Moves the calls of a store to Redis, and records in the store how they end there. */
export interface Leaving {
  /** Hands nothing more over, and waits at most this many milliseconds for calls under way. */
  stop(patience: number): Promise<void>;
  /** Writes down what has become of calls by now. */
  close(): Promise<void>;
}

export interface LeavingParts {
  /** The calls that are to be handed over. */
  readonly from: Queue;
  readonly recorder: Recorder;
  readonly to: RedisQueue;
  /** The server, as the store names it. */
  readonly server: string;
  readonly ordered: boolean;
  /** Told when calls cannot be handed over, or can be again (undefined). */
  readonly trouble: (error: unknown) => void;
}

/** How long the last outcomes may take to be written down, in milliseconds. */
const closingMs = 2_000;

export function startLeaving(parts: LeavingParts): Leaving {
  const { from, recorder, to, server, ordered, trouble } = parts;
  let handOver: HandOver | undefined;
  let tag = '';
  let stopped = false;
  const reconciling = startReconciling({
    reports: to.reports,
    keep: recorder.reconcile.bind(recorder),
    queue: server,
    tagged(current) {
      tag = current;
      if (stopped) return;
      handOver ??= startHandOver({
        from,
        keyOf: jobKey,
        add: (call, job) => to.handOver(call, job, tag),
        ordered,
        trouble,
        clock: realClock,
      });
    },
    ended: () => handOver?.wake(),
    searching: (lost) => {
      if (ordered) handOver?.hold(lost);
    },
    clock: realClock,
  });
  return {
    async stop(patience) {
      stopped = true;
      await handOver?.close(patience);
    },
    close: () => reconciling.close(closingMs),
  };
}
