import type { Clock } from '../call/clock.js';
import type { Queue, QueuedCall } from './queue.js';

export interface HandOver {
  /** Hands nothing more over, and waits so many milliseconds for what is under way. */
  close(patience: number): Promise<void>;
}

export interface HandOverOptions {
  /** Where the calls lie. */
  readonly from: Queue;
  /** Resolves when the other engine has the call; it may be given the same call again. */
  readonly add: (call: QueuedCall) => Promise<void>;
  /** See WorkOptions. */
  readonly ordered: boolean;
  /** Told when calls cannot be handed over, or can be again (undefined). */
  readonly trouble: (error: unknown) => void;
  readonly clock: Clock;
}

/** How many calls are handed over at a time. */
const slots = 64;
/** How long it waits after a failure until it tries one call, in milliseconds. */
const rest = 1_000;

/**
 * Moves the calls of one queue to another engine as soon as it takes them. Until then they stay
 * where they are, and one at a time is tried.
 */
export function startHandOver(options: HandOverOptions): HandOver {
  const { from, add, ordered, clock } = options;
  const closing = new AbortController();
  let failing = false;

  const failed = async (error: unknown): Promise<void> => {
    if (!failing) options.trouble(error);
    failing = true;
    worker.allow(0);
    await clock.wait(rest, closing.signal);
    if (failing && !closing.signal.aborted) worker.allow(1);
  };

  const worker = from.work(
    async (call) => {
      try {
        await add(call);
      } catch (error) {
        void failed(error);
        return { state: 'waiting' };
      }
      if (failing) {
        failing = false;
        options.trouble(undefined);
        worker.allow(slots);
      }
      return { state: 'handed over' };
    },
    { slots, ordered, trouble: options.trouble },
  );

  return {
    close(patience) {
      closing.abort();
      return worker.close(patience);
    },
  };
}
