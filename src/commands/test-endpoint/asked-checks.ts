import { realClock } from '../../call/clock.js';
import { createHistogram, type HistogramBucket } from '../../call/histogram.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import type { EnduranceNotice, SoakNotice } from '../../output/notice.js';
import type { Check } from '../../readiness/check.js';
import { soakCheck } from '../../readiness/endurance/soak-check.js';
import type { SoakFigures } from '../../readiness/endurance/soak-record.js';
import { burstCheck } from '../../readiness/load/burst-check.js';
import type { LoadFigures } from '../../readiness/load/tally-load.js';
import type { TestEndpointOptions } from './options.js';
import { startSoakAlerts } from './soak-alerts.js';
import { forgetSoakState, readSoakState, writeSoakState } from './soak-state.js';
import type { TestEndpointNotice, TestEndpointView } from './view.js';

export interface AskedChecks {
  readonly checks: readonly Check[];
  /** Ends a running soak, which then reports its result; returns false without one. */
  stopSoak(): boolean;
  load(): LoadFigures | undefined;
  endurance(): SoakFigures | undefined;
  /** Waits for alerts in flight. */
  close(): Promise<void>;
}

/** The checks with an option of their own, in the order of execution. */
export async function prepareAskedChecks(
  { asked: { burst, soak: asked }, url }: TestEndpointOptions,
  context: CommandContext,
  {
    emit,
    view,
    conceal,
    signal,
  }: {
    readonly emit: Emit<TestEndpointNotice>;
    readonly view: TestEndpointView;
    /** Removes secrets from the endpoint's text. */
    readonly conceal: (text: string) => string;
    readonly signal: AbortSignal;
  },
): Promise<AskedChecks> {
  const { host } = context;
  const clock = realClock;
  const checks: Check[] = [];
  let load: LoadFigures | undefined;
  let endurance: SoakFigures | undefined;
  let isRunning = false;
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort());

  if (burst) {
    const measured = (figures: LoadFigures) => {
      const { failures: _, ...figuresOfNotice } = figures;
      load = figures;
      emit({ type: 'load', ...figuresOfNotice });
    };
    checks.push(burstCheck(burst, { ended: view.bursts, measured }, { clock, signal }));
  }
  const alerts = asked && startSoakAlerts(asked, url, context, emit);
  if (asked) {
    const { soak, channels, state, withSamples } = asked;
    const identity = { url, soak, channels };
    let warned = false;
    const before = await readSoakState(state, identity, host.now());
    const emitSoak = (event: SoakNotice['event'], figures: SoakFigures, reason: string | null) =>
      emit({
        ...{ type: 'soak', event, time: new Date(host.now()).toISOString(), reason },
        ...{ calls: figures.calls, planned: figures.planned, answered200: figures.answered200 },
        state: event === 'resumed' ? state : undefined,
      });
    const check = soakCheck({
      ...{ soak, withSamples, before, conceal, clock, signal: stop.signal },
      save: async (figures) => {
        try {
          if (figures.calls < figures.planned) await writeSoakState(state, identity, figures);
          else await forgetSoakState(state);
        } catch (error) {
          // A full disk must not end a run of hours.
          if (!warned)
            emit({ type: 'warning', code: 'state_not_kept', message: whyNotKept(error) });
          warned = true;
        }
      },
      observer: {
        called: (figures, attempt) => view.soaks(figures, soak, attempt),
        turned: (turn, figures) => {
          emitSoak(turn.kind, figures, turn.outage.reason);
          alerts?.raise(turn);
        },
        hour: (figures) => emitSoak('hour', figures, null),
        ended: (figures) => {
          endurance = figures;
          if (figures.calls > 0) emit(enduranceNotice(figures));
        },
      },
    });
    checks.push({
      ...check,
      run: async (probe) => {
        isRunning = true;
        if (before) emitSoak('resumed', before, null);
        return check.run(probe).finally(() => {
          isRunning = false;
        });
      },
    });
  }
  return {
    checks,
    stopSoak() {
      if (isRunning) stop.abort();
      return isRunning;
    },
    load: () => load,
    endurance: () => endurance,
    close: async () => alerts?.close(),
  };
}

function enduranceNotice(figures: SoakFigures): EnduranceNotice {
  const { begun, latest: _, outages, ...rest } = figures;
  return {
    type: 'endurance',
    begun: iso(begun),
    ...rest,
    ...percentiles(rest.latencies),
    outages: outages.map((outage) => ({
      ...outage,
      from: iso(outage.from),
      to: outage.to === null ? null : iso(outage.to),
    })),
  };
}

function percentiles(latencies: readonly HistogramBucket[]) {
  const times = createHistogram(latencies);
  const [p50 = null, p95 = null, p99 = null] = [50, 95, 99].map(times.percentile);
  return { p50, p95, p99, max: times.max() };
}

function whyNotKept(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `${reason} The soak test continues, but cannot be resumed.`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
