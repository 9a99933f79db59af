import type { Clock } from '../../call/clock.js';
import { createSender } from '../../call/send.js';
import type { AskedFacts, Check } from '../check.js';
import type { Burst } from './burst.js';
import { judgeLoad } from './judge-load.js';
import { runBurst } from './run-burst.js';
import type { LoadFigures } from './tally-load.js';

/** The facts of the check, available before its options are read. */
export const burstFacts: AskedFacts = {
  id: 'burst',
  group: 'load',
  title: 'Concurrent calls (--burst)',
  sends: 'the samples, concurrently, for a set time',
  harmless: false,
  needs: 'sample',
};

export interface BurstObserver {
  /** Called after every call. */
  readonly ended: (calls: number, not200: number) => void;
  readonly measured: (figures: LoadFigures) => void;
}

export function burstCheck(
  burst: Burst,
  observer: BurstObserver,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Check {
  return {
    ...burstFacts,
    suite: 'full',
    // Unknown in advance.
    eventCalls: 0,
    run: async ({ endpoint }) => {
      const { timeout, insecure } = endpoint;
      // A sender of its own, with more connections than the other checks use.
      const connections = burst.concurrency;
      const sender = createSender({ timeout, insecure, connections, wholeAnswers: true });
      const cut = () => void sender.close();
      signal.addEventListener('abort', cut);
      try {
        const { ended, measured } = observer;
        const figures = await runBurst(endpoint, { burst, sender, clock, signal, ended });
        if (!signal.aborted) measured(figures);
        return judgeLoad(figures, timeout);
      } finally {
        signal.removeEventListener('abort', cut);
        await sender.close();
      }
    },
  };
}
