import { maxTimer } from '../../call/max-timer.js';

/** Wakes those who wait for something to change. */
export interface Bell {
  ring(): void;
  /** Resolves when it rings, at the latest after so many milliseconds. */
  wait(most: number): Promise<void>;
}

export function makeBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of [...waiting]) wake();
    },
    wait: (most) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, Math.max(0, Math.min(most, maxTimer)));
        waiting.add(wake);
      }),
  };
}
