import type { Attempt } from './attempt.js';

export interface AttemptSummary {
  readonly calls: number;
  readonly answered200: number;
  /** How often each status came; `none` counts the attempts without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Milliseconds, within 1 %; null when nothing was answered. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Counts attempts as they end, in the same little memory however many there are. */
export interface AttemptTally {
  add(attempt: Attempt): void;
  summary(): AttemptSummary;
}

export function summarizeAttempts(): AttemptTally {
  const statuses = new Map<string, number>();
  const times = createHistogram();
  let calls = 0;
  return {
    add(attempt) {
      const status = attempt.kind === 'answered' ? String(attempt.status) : 'none';
      calls += 1;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (attempt.kind === 'answered') times.add(attempt.ms);
    },
    summary: () => ({
      calls,
      answered200: statuses.get('200') ?? 0,
      statuses: Object.fromEntries([...statuses].sort()),
      p50: times.percentile(50),
      p95: times.percentile(95),
      p99: times.percentile(99),
    }),
  };
}

/** The bounds of neighbouring buckets are this factor apart, so their middle is within 1 %. */
const growth = 1.02;
/** Everything faster is in the first bucket. Milliseconds. */
const shortest = 0.001;
/** One hundred hours and more are in the last bucket. */
const bucketCount = 1 + Math.ceil(Math.log(360_000_000 / shortest) / Math.log(growth));

interface Histogram {
  add(ms: number): void;
  percentile(percent: number): number | null;
}

function createHistogram(): Histogram {
  const buckets = new Float64Array(bucketCount);
  let count = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  return {
    add(ms) {
      const step = Math.floor(Math.log(Math.max(ms, shortest) / shortest) / Math.log(growth));
      const at = Math.min(step, bucketCount - 1);
      buckets[at] = (buckets[at] ?? 0) + 1;
      count += 1;
      least = Math.min(least, ms);
      most = Math.max(most, ms);
    },
    percentile(percent) {
      if (count === 0) return null;
      // Nearest rank: the smallest time that so many per cent of the attempts did not exceed.
      let left = Math.ceil((count * percent) / 100);
      const at = buckets.findIndex((filled) => {
        left -= filled;
        return left <= 0;
      });
      const middle = shortest * growth ** at * Math.sqrt(growth);
      return Math.round(Math.min(Math.max(middle, least), most) * 100) / 100;
    },
  };
}
