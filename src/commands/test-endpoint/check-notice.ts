import type {
  CheckNotice,
  FailedCallNotice,
  FindingNotice,
  VerdictNotice,
} from '../../output/notice.js';
import { answerExcerpt } from '../../readiness/answer-excerpt.js';
import { type CallSettings, repeatCommand } from '../../readiness/failed-call.js';
import { describeFinding, outcomeOf, quotedAnswer } from '../../readiness/findings.js';
import type { FixAdvisor } from '../../readiness/frameworks/fix-advisor.js';
import { shownUrl } from '../../readiness/reports/conceal.js';
import { type CheckResult, causeOf } from '../../readiness/run-checks.js';
import type { SentCall } from '../../readiness/sent-call.js';

export interface Wording {
  readonly fixAdvisor: FixAdvisor;
  /** Removes secrets from the endpoint's text. */
  readonly conceal: (text: string) => string;
  readonly settings: CallSettings;
}

export async function checkNotice(
  { check, outcome, findings, note }: CheckResult,
  { fixAdvisor, conceal, settings }: Wording,
): Promise<CheckNotice> {
  const { id, group } = check;
  const worded: FindingNotice[] = [];
  for (const each of findings) {
    const snippet = await fixAdvisor.snippetFor(id, each.code);
    const { code, message, fix } = describeFinding(each);
    const answer = quotedAnswer(each);
    const calls = outcomeOf(each) === 'skip' ? [] : (each.calls ?? []);
    worded.push({
      code,
      message: conceal(message),
      ...(answer && { answer: conceal(answer) }),
      fix: conceal(fix),
      ...(snippet && {
        framework: snippet.framework.id,
        tested: snippet.framework.tested,
        snippet: snippet.text,
      }),
      ...(calls.length > 0 && { calls: calls.map((call) => failedCall(call, settings, conceal)) }),
    });
  }
  return { type: 'check', id, group, outcome, findings: worded, ...(note && { note }) };
}

/** Larger bodies are not repeated within the command. Bytes. */
const maxInlineBody = 50_000;

function failedCall(
  sent: SentCall,
  settings: CallSettings,
  conceal: (text: string) => string,
): FailedCallNotice {
  const { what, call } = sent;
  const isLarge = call.body.length > maxInlineBody;
  return {
    what,
    method: call.method,
    url: shownUrl(call.url),
    status: sent.kind === 'answered' ? sent.status : null,
    answer: conceal(sent.kind === 'answered' ? answerExcerpt(sent) : sent.reason),
    body: Buffer.from(call.body).toString('utf8'),
    curl: repeatCommand(sent, settings, isLarge ? '-' : undefined).curl,
  };
}

export function causeNotice(
  results: readonly CheckResult[],
  conceal: (text: string) => string,
): VerdictNotice['cause'] {
  const cause = causeOf(results);
  if (cause === undefined) return undefined;
  const { code, message, fix } = describeFinding(cause.finding);
  return { check: cause.check.id, code, message: conceal(message), fix: conceal(fix) };
}
