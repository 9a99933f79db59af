import type { Check } from './check.js';
import { checks } from './checks.js';
import type { FindingOutcome } from './findings/entry.js';
import { type Finding, finding, outcomeOf } from './findings.js';
import type { Probe } from './probe.js';

export interface CheckResult {
  readonly check: Check;
  readonly outcome: 'pass' | FindingOutcome;
  readonly findings: readonly Finding[];
  /** What the endpoint should have stored, as a sentence. */
  readonly note?: string | undefined;
}

export type Verdict = 'ready' | 'warnings' | 'not_ready';

export interface CheckObserver {
  began(check: Check): void;
  ended(result: CheckResult): void | Promise<void>;
}

/**
 * Runs the checks in order. Skips a check whose need failed or was skipped for that reason; a need
 * that is not selected is replaced by its own needs. The check in which the endpoint dies reports
 * only that, and is the last. Stops silently when the signal aborts.
 */
export async function runChecks(
  chosen: readonly Check[],
  probe: Probe,
  observer: CheckObserver,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  /** The failed check that blocks each skipped one. */
  const broken = new Map<string, string>();
  let last: string | undefined;
  for (const check of chosen) {
    const failed =
      last ??
      needsOf(check)
        .map((id) => broken.get(id))
        .find(Boolean);
    let findings: readonly Finding[];
    if (failed !== undefined) {
      broken.set(check.id, failed);
      findings = [finding('not_run', { failed })];
    } else {
      observer.began(check);
      findings = await check.run(probe);
      const death = probe.death();
      if (death) {
        findings = [finding('endpoint_died', death)];
        last = check.id;
      }
    }
    if (signal.aborted) break;
    const note = probe.takeNote();
    const result: CheckResult = { check, findings, outcome: worstOf(findings), note };
    if (result.outcome === 'fail') broken.set(check.id, check.id);
    results.push(result);
    await observer.ended(result);
  }
  return results;
}

export function verdictOf(results: readonly CheckResult[]): Verdict {
  if (results.some(({ outcome }) => outcome === 'fail')) return 'not_ready';
  return results.some(({ outcome }) => outcome === 'warn') ? 'warnings' : 'ready';
}

/** The transitive needs of a check, nearest first. */
function needsOf({ needs }: Check): string[] {
  const need = checks.find(({ id }) => id === needs);
  return need === undefined ? [] : [need.id, ...needsOf(need)];
}

function worstOf(findings: readonly Finding[]): CheckResult['outcome'] {
  const outcomes = findings.map(outcomeOf);
  return (['fail', 'warn', 'skip'] as const).find((each) => outcomes.includes(each)) ?? 'pass';
}
