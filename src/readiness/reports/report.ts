import type { SoakFigures } from '../endurance/soak-record.js';
import type { LoadFigures } from '../load/tally-load.js';
import type { Verdict } from '../run-checks.js';

/** The results of a run. Its texts hold no control characters or secrets. */
export interface Report {
  /** Without credentials, and without the values of its query. */
  readonly url: string;
  /** When the run began, ISO 8601 in UTC. */
  readonly time: string;
  /** Duration in milliseconds. */
  readonly took: number;
  readonly version: string;
  readonly verdict: Verdict;
  /** What ended the run before its last check. */
  readonly cause: Cause | undefined;
  /** A warning counts as a failure. */
  readonly strict: boolean;
  readonly checks: readonly ReportedCheck[];
  readonly load: LoadFigures | undefined;
  readonly endurance: SoakFigures | undefined;
  /** The JSON lines of the run, in order. */
  readonly notices: readonly object[];
}

interface Cause {
  readonly check: string;
  readonly message: string;
  readonly fix: string;
}

export interface ReportedCheck {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly outcome: 'pass' | 'warn' | 'fail' | 'skip';
  readonly findings: readonly ReportedFinding[];
  /** What the endpoint should have stored, as a sentence. */
  readonly note?: string | undefined;
  /** Milliseconds. */
  readonly took: number;
}

interface ReportedFinding {
  readonly code: string;
  readonly message: string;
  /** The text of the endpoint's answer. */
  readonly answer?: string | undefined;
  readonly fix: string;
  /** Code or configuration that fixes it, in several lines. */
  readonly snippet?: string | undefined;
}

export function countOutcomes(
  checks: readonly ReportedCheck[],
): Readonly<Record<ReportedCheck['outcome'], number>> {
  const counts = { pass: 0, warn: 0, fail: 0, skip: 0 };
  for (const { outcome } of checks) counts[outcome] += 1;
  return counts;
}

export const verdictTexts: Readonly<Record<Verdict, string>> = {
  ready: 'Ready',
  warnings: 'Ready, with warnings',
  not_ready: 'Not ready',
};
