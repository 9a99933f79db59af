import type { Attempt, Sender } from '../../call/attempt.js';
import type { Clock } from '../../call/clock.js';
import { planCall } from '../../call/plan-call.js';
import type { Endpoint } from '../probe.js';
import type { Burst } from './burst.js';
import { type LoadFigures, tallyLoad } from './tally-load.js';

export interface BurstOptions {
  readonly burst: Burst;
  /** Has at least `atOnce` connections. */
  readonly sender: Sender;
  readonly clock: Clock;
  /** Ends it early: what was measured until then counts. */
  readonly signal: AbortSignal;
  /** Told of every call that has ended. */
  readonly ended: (calls: number, not200: number) => void;
}

/**
 * Sends the endpoint's samples in turn, each lane its next one as soon as the last was answered, and
 * measures. A call that is under way when the time is over is waited for, and counts.
 */
export async function runBurst(endpoint: Endpoint, options: BurstOptions): Promise<LoadFigures> {
  const { burst, sender, clock, signal } = options;
  const { url, headers, userAgent, credentials, samples } = endpoint;
  const calls = samples.map(({ body }) => planCall({ url, headers, userAgent, body, credentials }));
  const begun = clock.now();
  const end = begun + burst.lasts;
  const tally = tallyLoad(burst);
  let sent = 0;

  const lane = async (): Promise<void> => {
    while (clock.now() < end && !signal.aborted) {
      const call = calls[sent % calls.length];
      if (call === undefined) return;
      sent += 1;
      const at = clock.now();
      const attempt: Attempt = await sender.send(call);
      // What was cut off is nobody's failure.
      if (signal.aborted) return;
      tally.add(attempt, at - begun, clock.now() - at);
      options.ended(tally.calls(), tally.not200());
    }
  };
  await Promise.all(Array.from({ length: burst.atOnce }, lane));
  return tally.figures(clock.now() - begun);
}
