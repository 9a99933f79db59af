import type { Problem } from '../problems/problem.js';

// Those of the start: a test that replaces the clock still gets its answer in time.
const { setTimeout, clearTimeout } = globalThis;

interface Wait {
  readonly look: () => void;
  readonly fail: (error: unknown) => void;
  readonly stop: () => void;
}

/** Who waits for something that has not come yet. */
export interface Waits {
  /** Resolves to what `find` answers once it answers something; rejects with what `missed` makes. */
  wait<T>(
    find: () => T | undefined,
    timeout: number,
    missed: (stopped: boolean) => Problem,
  ): Promise<T>;
  /** Something came. */
  look(): void;
  /** Something is broken: everyone is told. */
  fail(error: unknown): void;
  /** Nothing comes any more. */
  end(): void;
}

export function createWaits(): Waits {
  const waiting = new Set<Wait>();
  let ended = false;
  const each = (act: (wait: Wait) => void) => {
    for (const wait of [...waiting]) act(wait);
  };
  return {
    wait: (find, timeout, missed) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          clearTimeout(timer);
          waiting.delete(wait);
          act();
        };
        const wait: Wait = {
          look: () => {
            try {
              const found = find();
              if (found !== undefined) settle(() => resolve(found));
            } catch (error) {
              // A condition of the test's own may throw.
              wait.fail(error);
            }
          },
          fail: (error) => settle(() => reject(error)),
          stop: () => settle(() => reject(missed(true))),
        };
        const timer = setTimeout(() => settle(() => reject(missed(false))), timeout);
        waiting.add(wait);
        wait.look();
        if (ended && waiting.has(wait)) wait.stop();
      }),
    look: () => each((wait) => wait.look()),
    fail: (error) => each((wait) => wait.fail(error)),
    end: () => {
      ended = true;
      each((wait) => wait.stop());
    },
  };
}
