import { type Clock, realClock } from './clock.js';

export interface PaceOptions<T> {
  /** How many run at a time, at most. */
  readonly concurrency: number;
  /**
   * When to start an item, in milliseconds after the beginning; without it as soon as there is
   * room. The schedule stands: items that could not start in time start as soon as they can, and
   * those after them are not put off.
   */
  readonly due?: ((item: T, index: number) => number) | undefined;
  /** Ends the run early: nothing more is started, what runs is waited for. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/** A due time for each item, so many a second. */
export function atRate(perSecond: number): (item: unknown, index: number) => number {
  return (_item, index) => (index * 1000) / perSecond;
}

/**
 * Runs `task` for each item and resolves to how many were started, when the last has ended. The
 * items may be endless: one is taken only when it can be started. `late` is how many milliseconds
 * after its due time an item started. The first task that rejects ends the run and rejects it.
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
  // A race of all that runs would cost as much as sending.
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
    for await (const item of items) {
      const at = due ? begun + due(item, started) : undefined;
      if (at !== undefined && at > clock.now()) await clock.wait(at - clock.now(), signal);
      while (running >= concurrency && !over()) await nextEnd();
      if (over()) break;
      void run(item, started, at === undefined ? 0 : Math.max(0, clock.now() - at));
      started += 1;
    }
  }
  while (running > 0) await nextEnd();
  if (failures.length > 0) throw failures[0];
  return started;
}
