import { createHistogram, type Histogram, type HistogramBucket } from '../../call/histogram.js';
import type { SentCall } from '../sent-call.js';
import { createTimeLine, type TimeSlice } from '../time-line.js';
import type { Burst } from './burst.js';

/** The figures of a burst. Times in milliseconds. */
export interface LoadFigures {
  readonly atOnce: number;
  /** The duration, including the last answers. */
  readonly lasted: number;
  readonly calls: number;
  readonly answered200: number;
  /** Count of each status; `none` counts calls without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Completed calls per second. */
  readonly rate: number;
  /**
   * Latency from when a call was due. A slow call delays the calls due after it, which count with
   * their waiting time.
   */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly latencies: readonly HistogramBucket[];
  readonly timeLine: readonly TimeSlice[];
  /** One entry for each kind of failure, by first occurrence. */
  readonly failures: readonly LoadFailure[];
}

/** Calls of one kind that were not answered 200. */
export type LoadFailure = LoadFailureKind & {
  readonly calls: number;
  /** When the first of them was sent, in milliseconds after the beginning. */
  readonly first: number;
  /** That first call. */
  readonly call: SentCall;
};

type LoadFailureKind =
  | { readonly kind: 'not_200'; readonly status: number }
  | { readonly kind: 'too_late' }
  | { readonly kind: 'no_answer'; readonly reason: string };

export interface LoadTally {
  /** `at`: when the call was sent, after the beginning; `took`: its duration. Milliseconds. */
  add(attempt: SentCall, at: number, took: number): void;
  calls(): number;
  not200(): number;
  figures(lasted: number): LoadFigures;
}

export function tallyLoad({ concurrency: atOnce, durationMs }: Burst): LoadTally {
  const statuses = new Map<string, number>();
  const measured = createHistogram();
  const timeLine = createTimeLine(durationMs);
  const failures = new Map<
    string,
    { kind: LoadFailureKind; calls: number; first: number; call: SentCall }
  >();
  let calls = 0;

  const fail = (attempt: SentCall, at: number) => {
    const kind = failureOf(attempt);
    if (kind === undefined) return;
    const key = kind.kind === 'not_200' ? String(kind.status) : keyOf(kind);
    const known = failures.get(key);
    if (known === undefined) failures.set(key, { kind, calls: 1, first: at, call: attempt });
    else {
      known.calls += 1;
      // Calls end out of order.
      if (at < known.first) Object.assign(known, { kind, first: at, call: attempt });
    }
  };
  const answered200 = () => statuses.get('200') ?? 0;
  return {
    add(attempt, at, took) {
      const status = attempt.kind === 'answered' ? String(attempt.status) : 'none';
      calls += 1;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      // A timeout also shows how long a caller waits.
      if (attempt.kind === 'answered' || attempt.code === 'timeout') measured.add(took);
      timeLine.add(at, took, attempt.kind === 'answered' && attempt.status === 200);
      fail(attempt, at);
    },
    calls: () => calls,
    not200: () => calls - answered200(),
    figures(lasted) {
      const latency = countFromDue(measured, (lasted * atOnce) / Math.max(1, calls));
      return {
        ...{ atOnce, lasted: Math.round(lasted), calls, answered200: answered200() },
        statuses: Object.fromEntries([...statuses].sort()),
        rate: Math.round((calls * 10_000) / Math.max(1, lasted)) / 10,
        p50: latency.percentile(50),
        p95: latency.percentile(95),
        p99: latency.percentile(99),
        max: latency.max(),
        latencies: latency.filled(),
        timeLine: timeLine.slices(),
        failures: [...failures.values()]
          .sort((a, b) => a.first - b.first)
          .map(({ kind, ...counted }) => ({
            ...kind,
            ...counted,
            first: Math.round(counted.first),
          })),
      };
    },
  };
}

function failureOf(attempt: SentCall): LoadFailureKind | undefined {
  if (attempt.kind === 'answered') {
    const { status } = attempt;
    return status === 200 ? undefined : { kind: 'not_200', status };
  }
  return attempt.code === 'timeout'
    ? { kind: 'too_late' }
    : { kind: 'no_answer', reason: attempt.reason };
}

function keyOf(kind: LoadFailureKind): string {
  return kind.kind === 'no_answer' ? `none ${kind.reason}` : kind.kind;
}

/**
 * Corrects coordinated omission: a lane that waits for a slow answer sends nothing, so the calls
 * due meanwhile are missing. Adds them as if sent at every `interval`, as wrk and HdrHistogram do.
 */
export function countFromDue(measured: Histogram, interval: number): Histogram {
  const filled = measured.filled();
  const latency = createHistogram(filled);
  for (const { ms, count } of filled) {
    if (ms <= interval * 2) continue;
    // Bounds the steps: a timeout of a minute at ten thousand calls a second would take half a
    // million.
    const step = Math.max(interval, ms / maxSteps);
    const times = (count * step) / interval;
    for (let waited = ms - step; waited > interval; waited -= step) {
      latency.add(waited, Math.round(times));
    }
  }
  return latency;
}

const maxSteps = 10_000;
