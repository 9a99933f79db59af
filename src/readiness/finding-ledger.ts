import { outcomeOf } from './findings.js';
import type { CheckResult } from './run-checks.js';

interface FindingName {
  readonly check: string;
  readonly code: string;
}

/** How the warnings and failures of a round differ from what earlier rounds found. */
export interface RoundChanges {
  readonly mended: readonly FindingName[];
  readonly added: readonly FindingName[];
  readonly remaining: readonly FindingName[];
}

/**
 * Compares each round with those before it. The findings of a check that could not run stay as they
 * were.
 */
export function createFindingLedger(): (results: readonly CheckResult[]) => RoundChanges {
  const known = new Map<string, readonly string[]>();
  return (results) => {
    const mended: FindingName[] = [];
    const added: FindingName[] = [];
    const remaining: FindingName[] = [];
    for (const { check, findings } of results) {
      if (findings.some(({ code }) => code === 'not_run')) continue;
      const before = known.get(check.id) ?? [];
      const now = findings.filter((each) => outcomeOf(each) !== 'skip').map(({ code }) => code);
      const named = (code: string): FindingName => ({ check: check.id, code });
      const codes = [...new Set(now)];
      mended.push(...before.filter((code) => !codes.includes(code as never)).map(named));
      added.push(...codes.filter((code) => !before.includes(code)).map(named));
      remaining.push(...codes.filter((code) => before.includes(code)).map(named));
      known.set(check.id, codes);
    }
    return { mended, added, remaining };
  };
}

/** Whether the endpoint gave no answer at the end of a round: it is stopped, or restarts. */
export function isDown(results: readonly CheckResult[]): boolean {
  return results.some(({ check, outcome, findings }) =>
    findings.some(
      ({ code }) =>
        code === 'endpoint_died' ||
        code === 'no_connection' ||
        (check.id === 'http' && outcome === 'fail' && code !== 'answer_too_late'),
    ),
  );
}
