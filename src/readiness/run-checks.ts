import type { Check } from './check.js';
import { checks } from './checks.js';
import type { FindingOutcome } from './findings/entry.js';
import { type Finding, finding, outcomeOf, shownBy } from './findings.js';
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
 * that is not selected is replaced by its own needs. A decisive check that fails ends the run, except
 * for checks without a need. The check in which the endpoint dies reports only that, and is the last.
 * Stops silently when the signal aborts.
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
  /** The check that ended the run. */
  let last: { readonly id: string; readonly died: boolean } | undefined;
  for (const check of chosen) {
    const failed =
      (last?.died || check.needs !== undefined ? last?.id : undefined) ??
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
        const { last: fatal, reason } = death;
        findings = [shownBy(finding('endpoint_died', { what: fatal.what, reason }), fatal)];
        last = { id: check.id, died: true };
      }
    }
    if (signal.aborted) break;
    const note = probe.takeNote();
    const result: CheckResult = { check, findings, outcome: worstOf(findings), note };
    if (result.outcome === 'fail') {
      broken.set(check.id, check.id);
      if (check.decisive) last ??= { id: check.id, died: false };
    }
    results.push(result);
    await observer.ended(result);
  }
  return results;
}

export function verdictOf(results: readonly CheckResult[]): Verdict {
  if (results.some(({ outcome }) => outcome === 'fail')) return 'not_ready';
  return results.some(({ outcome }) => outcome === 'warn') ? 'warnings' : 'ready';
}

/** The finding that ended the run early, and its check. */
export function causeOf(
  results: readonly CheckResult[],
): { readonly check: Check; readonly finding: Finding } | undefined {
  const ended = results.find(
    ({ check, outcome, findings }) =>
      outcome === 'fail' &&
      (check.decisive || findings.some(({ code }) => code === 'endpoint_died')),
  );
  const found = ended?.findings.find((each) => outcomeOf(each) === 'fail');
  return ended && found && { check: ended.check, finding: found };
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
