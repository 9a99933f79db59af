import type { Clock } from '../call/clock.js';
import type { AlertFact } from './alert.js';

export interface SilenceWatch {
  /** Notes that a call has arrived. Cheap enough for each call. */
  heard(): void;
  close(): void;
}

/** Raises an alert when no call arrives for `limit` milliseconds, and another when calls resume. */
export function watchSilence(
  limitMs: number,
  clock: Clock,
  raise: (fact: AlertFact) => void,
): SilenceWatch {
  const closing = new AbortController();
  const { signal } = closing;
  let last = clock.now();
  let silent = false;

  const watch = async (): Promise<void> => {
    for (let left = limitMs; left > 0 && !signal.aborted; left = last + limitMs - clock.now()) {
      await clock.wait(Math.ceil(left), signal);
    }
    if (signal.aborted) return;
    silent = true;
    raise({ kind: 'silence', lasted: Math.round(clock.now() - last) });
  };

  void watch();
  return {
    heard() {
      const lasted = clock.now() - last;
      last = clock.now();
      if (!silent) return;
      silent = false;
      raise({ kind: 'silence_over', lasted: Math.round(lasted) });
      void watch();
    },
    close: () => closing.abort(),
  };
}
