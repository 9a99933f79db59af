import type { Attempt } from './attempt.js';
import { createHistogram } from './histogram.js';

export interface AttemptSummary {
  readonly calls: number;
  readonly answered200: number;
  /** Count of each status; `none` counts attempts without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Milliseconds, within 1 %; null when there was no answer. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Counts attempts in constant memory. */
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
