import type { Sender } from '../../call/attempt.js';
import type { Clock } from '../../call/clock.js';
import { planCall } from '../../call/plan-call.js';
import type { Endpoint } from '../probe.js';
import type { Burst } from './burst.js';
import { type LoadFigures, tallyLoad } from './tally-load.js';

export interface BurstOptions {
  readonly burst: Burst;
  /** Has a connection for each concurrent call. */
  readonly sender: Sender;
  readonly clock: Clock;
  /** Ends the run early; the figures so far count. */
  readonly signal: AbortSignal;
  /** Called after every call. */
  readonly ended: (calls: number, not200: number) => void;
}

/**
 * Sends the endpoint's samples in turn on concurrent lanes, each after its previous answer, and
 * measures. Waits for calls in flight at the end, and counts them.
 */
export async function runBurst(endpoint: Endpoint, options: BurstOptions): Promise<LoadFigures> {
  const { burst, sender, clock, signal } = options;
  const { url, headers, userAgent, credentials, samples } = endpoint;
  const calls = samples.map(({ body }) => planCall({ url, headers, userAgent, body, credentials }));
  const begun = clock.now();
  const end = begun + burst.durationMs;
  const tally = tallyLoad(burst);
  let sent = 0;

  const lane = async (): Promise<void> => {
    while (clock.now() < end && !signal.aborted) {
      const call = calls[sent % calls.length];
      if (call === undefined) return;
      sent += 1;
      const at = clock.now();
      const attempt = await sender.send(call);
      // An aborted call is not the endpoint's failure.
      if (signal.aborted) return;
      tally.add({ ...attempt, what: 'A call of the burst', call }, at - begun, clock.now() - at);
      options.ended(tally.calls(), tally.not200());
    }
  };
  await Promise.all(Array.from({ length: burst.concurrency }, lane));
  return tally.figures(clock.now() - begun);
}
