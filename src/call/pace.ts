import { type Clock, realClock } from './clock.js';

export interface PaceOptions<T> {
  readonly concurrency: number;
  /**
   * When to start an item, in milliseconds after the beginning; by default as soon as a slot is
   * free. A late item starts as soon as possible and does not delay later ones.
   */
  readonly due?: ((item: T, index: number) => number) | undefined;
  /** Ends the run early: starts nothing more and waits for running tasks. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/** Due times at a rate. */
export function atRate(perSecond: number): (item: unknown, index: number) => number {
  return (_item, index) => (index * 1000) / perSecond;
}

/**
 * Runs `task` for each item and resolves to the number started, once the last has ended. Pulls an
 * item only when it can start, so the items may be endless. `late`: milliseconds between an item's
 * due time and its start. The first rejection ends the run and rejects it.
 */
export async function pace<T>(
  items: Iterable<T> | AsyncIterable<T>,
  task: (item: T, index: number, late: number) => Promise<void>,
  options: PaceOptions<T>,
): Promise<number> {
  const { concurrency, due, signal, clock = realClock } = options;
  const begun = clock.now();
  const failures: unknown[] = [];
  let started = 0;
  let running = 0;
  let ended = () => {};
  const over = () => signal?.aborted === true || failures.length > 0;
  // Promise.race over all running tasks would cost as much as sending.
  const nextEnd = () =>
    new Promise<void>((resolve) => {
      ended = resolve;
    });
  const run = async (item: T, index: number, late: number): Promise<void> => {
    running += 1;
    try {
      await task(item, index, late);
    } catch (error) {
      failures.push(error);
    }
    running -= 1;
    ended();
  };

  if (!over()) {
    const iterator = iteratorOf(items);
    let done: boolean | undefined;
    try {
      for (;;) {
        const next = iterator.next();
        // Awaiting an item that is there would slow down fast calls.
        const step = next instanceof Promise ? await next : next;
        done = step.done;
        if (step.done) break;
        const item = step.value;
        const at = due ? begun + due(item, started) : undefined;
        if (at !== undefined && at > clock.now()) await clock.wait(at - clock.now(), signal);
        while (running >= concurrency && !over()) await nextEnd();
        if (over()) break;
        void run(item, started, at === undefined ? 0 : Math.max(0, clock.now() - at));
        started += 1;
      }
    } finally {
      if (!done) await iterator.return?.();
    }
  }
  while (running > 0) await nextEnd();
  if (failures.length > 0) throw failures[0];
  return started;
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
