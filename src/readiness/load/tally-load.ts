import type { Attempt } from '../../call/attempt.js';
import { createHistogram, type Histogram, type HistogramBucket } from '../../call/histogram.js';
import { beginningOf } from '../judge-answer.js';
import { createTimeLine, type TimeSlice } from '../time-line.js';
import type { Burst } from './burst.js';

/** What a burst measured. Times in milliseconds. */
export interface LoadFigures {
  readonly atOnce: number;
  /** How long it lasted, the last answers included. */
  readonly lasted: number;
  readonly calls: number;
  readonly answered200: number;
  /** How often each status came; `none` counts the calls without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Calls that ended, per second. */
  readonly rate: number;
  /**
   * How long calls took from when they were due. A call that takes longer than one takes on
   * average holds up those that were due after it; they count with the time they waited for it.
   */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  /** The same, spread: how many calls took about so long. */
  readonly latencies: readonly HistogramBucket[];
  readonly timeLine: readonly TimeSlice[];
  /** What went wrong, each kind once, the first that happened first. */
  readonly failures: readonly LoadFailure[];
}

/** Calls that were not answered 200, of one kind. */
export type LoadFailure = LoadFailureKind & {
  readonly calls: number;
  /** When the first of them was sent, in milliseconds after the beginning. */
  readonly first: number;
};

type LoadFailureKind =
  | { readonly kind: 'not_200'; readonly status: number; readonly says: string }
  | { readonly kind: 'too_late' }
  | { readonly kind: 'no_answer'; readonly reason: string };

export interface LoadTally {
  /** `at`: when it was sent, after the beginning; `took`: until it had ended. Milliseconds. */
  add(attempt: Attempt, at: number, took: number): void;
  calls(): number;
  not200(): number;
  figures(lasted: number): LoadFigures;
}

export function tallyLoad({ atOnce, lasts }: Burst): LoadTally {
  const statuses = new Map<string, number>();
  const measured = createHistogram();
  const timeLine = createTimeLine(lasts);
  const failures = new Map<string, { kind: LoadFailureKind; calls: number; first: number }>();
  let calls = 0;

  const fail = (attempt: Attempt, at: number) => {
    const kind = failureOf(attempt);
    if (kind === undefined) return;
    const key = kind.kind === 'not_200' ? String(kind.status) : keyOf(kind);
    const known = failures.get(key);
    if (known === undefined) failures.set(key, { kind, calls: 1, first: at });
    else {
      known.calls += 1;
      // They end in another order than they were sent.
      if (at < known.first) Object.assign(known, { kind, first: at });
    }
  };
  const answered200 = () => statuses.get('200') ?? 0;
  return {
    add(attempt, at, took) {
      const status = attempt.kind === 'answered' ? String(attempt.status) : 'none';
      calls += 1;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      // One that failed says how long a caller waits, if it waited at all.
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

function failureOf(attempt: Attempt): LoadFailureKind | undefined {
  if (attempt.kind === 'answered') {
    const { status } = attempt;
    return status === 200 ? undefined : { kind: 'not_200', status, says: beginningOf(attempt) };
  }
  return attempt.code === 'timeout'
    ? { kind: 'too_late' }
    : { kind: 'no_answer', reason: attempt.reason };
}

function keyOf(kind: LoadFailureKind): string {
  return kind.kind === 'no_answer' ? `none ${kind.reason}` : kind.kind;
}

/**
 * A lane that waits for a slow answer sends nothing, so that what it measures leaves out the calls
 * which were due meanwhile. They are added as if they had been sent one `interval` after the other:
 * what wrk and HdrHistogram do, too.
 */
export function countFromDue(measured: Histogram, interval: number): Histogram {
  const filled = measured.filled();
  const latency = createHistogram(filled);
  for (const { ms, count } of filled) {
    if (ms <= interval * 2) continue;
    // A time-out of a minute at ten thousand calls a second need not take half a million steps.
    const step = Math.max(interval, ms / maxSteps);
    const times = (count * step) / interval;
    for (let waited = ms - step; waited > interval; waited -= step) {
      latency.add(waited, Math.round(times));
    }
  }
  return latency;
}

const maxSteps = 10_000;
