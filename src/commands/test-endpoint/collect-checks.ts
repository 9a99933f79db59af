import type { CheckNotice } from '../../output/notice.js';
import { visible, visibleBlock } from '../../output/safe.js';
import type { ReportedCheck } from '../../readiness/reports/report.js';

/** Collects findings and durations of checks. */
export function collectChecks(now: () => number) {
  const checks: ReportedCheck[] = [];
  let begun: number | undefined;
  return {
    began() {
      begun = now();
    },
    ended(title: string, { id, group, outcome, findings, note }: CheckNotice) {
      const took = begun === undefined ? 0 : Math.max(0, now() - begun);
      begun = undefined;
      const safe = findings.map(({ code, message, answer, fix, snippet }) => ({
        code,
        message: visible(message),
        answer: answer && visible(answer),
        fix: visible(fix),
        snippet: snippet && visibleBlock(snippet),
      }));
      checks.push({ id, group, title, outcome, findings: safe, note: note && visible(note), took });
    },
    checks: (): readonly ReportedCheck[] => checks,
  };
}

/**
 * The members with foreign text: elsewhere, a password like `pass` would be removed from our own
 * text.
 */
const sentences = ['message', 'fix', 'reason', 'answer'];

/** The members with several lines of our own. */
const blocks = ['curl', 'snippet'];

/** Notices without secrets and control characters. */
export function safeNotices(
  notices: readonly object[],
  conceal: (text: string) => string,
): readonly object[] {
  const safe = (key: string, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (blocks.includes(key)) return visibleBlock(value);
    return sentences.includes(key) ? conceal(visible(value)) : visible(value);
  };
  return notices.map((notice) => JSON.parse(JSON.stringify(notice, safe)));
}
