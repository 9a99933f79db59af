import { type Finding, finding, shownBy } from '../findings.js';
import type { LoadFailure, LoadFigures } from './tally-load.js';

const slowMs = 1000;

/** The faults of an endpoint under load; `timeout` in milliseconds. */
export function judgeLoad(figures: LoadFigures, timeout: number): Finding[] {
  const { calls, atOnce, p99, failures } = figures;
  const found = failures.map((failure) =>
    shownBy(findingOf(failure, calls, timeout), failure.call),
  );
  // When calls fail, the speed of the others matters little.
  return found.length === 0 && p99 !== null && p99 > slowMs
    ? [finding('load_slow', { atOnce, seconds: inSeconds(p99) })]
    : found;
}

function findingOf(failure: LoadFailure, of: number, timeout: number): Finding {
  const share = { calls: failure.calls, of, first: inSeconds(failure.first) };
  switch (failure.kind) {
    case 'not_200':
      return finding('load_not_200', { ...share, status: failure.status });
    case 'too_late':
      return finding('load_too_late', { ...share, seconds: timeout / 1000 });
    case 'no_answer':
      return finding('load_no_answer', { ...share, reason: failure.reason });
  }
}

/** Milliseconds as seconds, with one decimal. */
function inSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
