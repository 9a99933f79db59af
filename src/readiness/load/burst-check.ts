import type { Clock } from '../../call/clock.js';
import { createSender } from '../../call/send.js';
import type { AskedFacts, Check } from '../check.js';
import type { Burst } from './burst.js';
import { judgeLoad } from './judge-load.js';
import { runBurst } from './run-burst.js';
import type { LoadFigures } from './tally-load.js';

/** What is known of the check before anybody asks for it. */
export const burstFacts: AskedFacts = {
  id: 'burst',
  group: 'load',
  title: 'Concurrent calls (--burst)',
  sends: 'the samples, concurrently, for a set time',
  harmless: false,
  needs: 'sample',
};

export interface BurstObserver {
  /** Told of every call that has ended. */
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
    // As many as there is time for.
    eventCalls: 0,
    run: async ({ endpoint }) => {
      const { timeout, insecure } = endpoint;
      // Of its own: it has more connections than the other checks may use.
      const connections = burst.atOnce;
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
