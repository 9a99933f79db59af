import type { Problem } from '../problems/problem.js';

interface Wait {
  readonly look: () => void;
  readonly fail: (error: unknown) => void;
  readonly stop: () => void;
}

/** Pending waits for calls or events. */
export interface Waits {
  /** Resolves to the first result of `find`; rejects with the problem of `missed`. */
  wait<T>(
    find: () => T | undefined,
    timeout: number,
    missed: (stopped: boolean) => Problem,
  ): Promise<T>;
  /** Checks all waits again. */
  look(): void;
  /** Rejects all waits. */
  fail(error: unknown): void;
  /** Rejects all waits, including later ones. */
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
              // A condition of the test may throw.
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
