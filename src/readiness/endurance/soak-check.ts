import type { Clock } from '../../call/clock.js';
import { planCall } from '../../call/plan-call.js';
import { createSender } from '../../call/send.js';
import type { AskedFacts, Check } from '../check.js';
import { type Finding, finding, shownBy } from '../findings.js';
import type { Endpoint } from '../probe.js';
import type { SentCall } from '../sent-call.js';
import { runSoak, type SoakObserver } from './run-soak.js';
import { createSoakRecord, plannedCalls, type Soak, type SoakFigures } from './soak-record.js';

/** The facts of the check, available before its options are read. */
export const soakFacts: AskedFacts = {
  id: 'soak',
  group: 'endurance',
  title: 'Long-term availability (--soak)',
  sends: 'an empty POST at intervals; with --channel, a sample',
  harmless: true,
  needs: 'http',
};

export interface SoakCheckOptions {
  readonly soak: Soak;
  /** Sends the samples in turn instead of an empty body. */
  readonly withSamples: boolean;
  /** The progress of an interrupted run. */
  readonly before: SoakFigures | undefined;
  /** Removes secrets from the endpoint's text. */
  readonly conceal: (text: string) => string;
  readonly save: (figures: SoakFigures) => Promise<void>;
  /** `ended` is also called after an interruption. */
  readonly observer: SoakObserver & { readonly ended: (figures: SoakFigures) => void };
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export function soakCheck(options: SoakCheckOptions): Check {
  const { soak, withSamples, before, conceal, observer, signal } = options;
  return {
    ...soakFacts,
    suite: 'full',
    harmless: !withSamples,
    eventCalls: withSamples ? plannedCalls(soak) : 0,
    // A resumed soak records that the endpoint is down, instead of stopping.
    needs: before === undefined ? soakFacts.needs : undefined,
    run: async ({ endpoint }) => {
      const { timeout, insecure, now } = endpoint;
      const sender = createSender({ timeout, insecure, connections: 1, wholeAnswers: true });
      const cut = () => void sender.close();
      signal.addEventListener('abort', cut);
      const record = createSoakRecord(soak, now(), { before, conceal });
      const calls = callsTo(endpoint, withSamples);
      let failed: SentCall | undefined;
      const send = async () => {
        const call = calls[record.figures().calls % calls.length] as (typeof calls)[number];
        const attempt = await sender.send(call);
        const good = attempt.kind === 'answered' && attempt.status === 200;
        if (!good && !signal.aborted) failed ??= { ...attempt, what: 'A call of the soak', call };
        return attempt;
      };
      try {
        const figures = await runSoak({ ...options, record, call: send, now });
        observer.ended(figures);
        return judgeSoak(figures).map((found) =>
          found.code === 'soak_failed' && failed ? shownBy(found, failed) : found,
        );
      } finally {
        signal.removeEventListener('abort', cut);
        await sender.close();
      }
    },
  };
}

function callsTo(endpoint: Endpoint, withSamples: boolean) {
  const { url, headers, userAgent, credentials, samples } = endpoint;
  const bodies = withSamples ? samples.map(({ body }) => body) : [new Uint8Array()];
  return bodies.map((body) => planCall({ url, headers, userAgent, credentials, body }));
}

export function judgeSoak(figures: SoakFigures): Finding[] {
  const { calls, planned, answered200, outages, outageCount } = figures;
  const [first] = outages;
  const found: Finding[] = [];
  if (first !== undefined) {
    found.push(
      finding('soak_failed', {
        ...{ failed: calls - answered200, calls, outages: outageCount },
        first: new Date(first.from).toISOString(),
        reason: first.reason,
      }),
    );
  }
  if (calls < planned) found.push(finding('soak_not_over', { calls, planned }));
  return found;
}
