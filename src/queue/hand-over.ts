import type { Clock } from '../call/clock.js';
import type { Queue, QueuedCall } from './queue.js';

export interface HandOver {
  /** There is room again in the other engine. */
  wake(): void;
  /** Hands nothing over while it is held. */
  hold(held: boolean): void;
  /** Hands nothing more over, and waits so many milliseconds for what is under way. */
  close(patience: number): Promise<void>;
}

export interface HandOverOptions {
  /** Where the calls lie. */
  readonly from: Queue;
  /** The key of a call in the other engine. */
  readonly keyOf: (call: QueuedCall) => string;
  /**
   * Resolves to `queued` when the other engine has the call, to `full` when it has as many as it may
   * have. It may be given the same call again.
   */
  readonly add: (call: QueuedCall, key: string) => Promise<'queued' | 'full'>;
  /** See WorkOptions. */
  readonly ordered: boolean;
  /** Told when calls cannot be handed over, or can be again (undefined). */
  readonly trouble: (error: unknown) => void;
  readonly clock: Clock;
}

/** How many calls are handed over at a time. */
const slots = 64;
/** How long it waits after a failure, and when the other engine is full, until it tries one call. */
const failedPauseMs = 1_000;
const fullPauseMs = 250;

/**
 * Moves the calls of one queue to another engine as soon as it takes them. Until then they stay
 * where they are, and one at a time is tried.
 */
export function startHandOver(options: HandOverOptions): HandOver {
  const { from, keyOf, add, ordered, clock } = options;
  let closing = false;
  let failing = false;
  let held = false;
  /** Ends the pause after a call was not taken; undefined: all slots are open. */
  let pause: AbortController | undefined;

  async function tryOneAfter(ms: number): Promise<void> {
    const own = new AbortController();
    pause?.abort();
    pause = own;
    worker.allow(0);
    await clock.wait(ms, own.signal);
    if (pause === own && !held && !closing) worker.allow(1);
  }

  function taken(): void {
    if (failing) options.trouble(undefined);
    failing = false;
    if (!pause) return;
    pause = undefined;
    if (!held) worker.allow(slots);
  }

  const worker = from.work(
    async (call) => {
      const job = keyOf(call);
      try {
        if ((await add(call, job)) === 'queued') {
          taken();
          return { state: 'handed over', job };
        }
        void tryOneAfter(fullPauseMs);
        return { state: 'waiting' };
      } catch (error) {
        if (!failing) options.trouble(error);
        failing = true;
        void tryOneAfter(failedPauseMs);
        return { state: 'waiting', job };
      }
    },
    { slots, ordered, trouble: options.trouble },
  );

  return {
    wake() {
      if (!failing) pause?.abort();
    },
    hold(wanted) {
      held = wanted;
      worker.allow(held ? 0 : pause ? 1 : slots);
    },
    close(patience) {
      closing = true;
      pause?.abort();
      return worker.close(patience);
    },
  };
}
