import type { AnsweredAttempt } from '../call/attempt.js';
import { answerExcerpt, isPage } from './answer-excerpt.js';
import { type Finding, finding, shownBy } from './findings.js';
import type { SentCall } from './sent-call.js';

/** The fault of an answer that is 200 and whose text contradicts it, if any. */
export function judgeContent(
  what: string,
  attempt: SentCall,
  calls: readonly SentCall[] = [attempt],
): Finding | undefined {
  if (attempt.kind === 'failed' || attempt.status !== 200) return undefined;
  if (isPage(attempt)) return shownBy(finding('answer_is_page', { what }), ...calls);
  return saysFailure(attempt)
    ? shownBy(finding('answer_says_failure', { what }), ...calls)
    : undefined;
}

/** Whether an answer reports a failure in its text, whatever its status. */
export function saysFailure(attempt: AnsweredAttempt): boolean {
  const text = new TextDecoder().decode(attempt.body).trim();
  if (!text.startsWith('{')) return failureText.test(answerExcerpt(attempt));
  try {
    return Object.entries(JSON.parse(text)).some(([key, value]) => isFailure(key, value));
  } catch {
    // Only the beginning of a long answer is known.
    return failureMember.test(text);
  }
}

/** How frameworks, and handlers that catch everything, begin such a text. */
const failureText =
  /^(?:php )?(?:fatal error|parse error|warning|error|fail(?:ed|ure)|exception|traceback|uncaught|unauthori[sz]ed|forbidden|access denied|bad request|not found|invalid|internal server error)\b/i;
const failureMember =
  /"(?:success|ok)"\s*:\s*"?false\b|"(?:status|result|state)"\s*:\s*"(?:error|fail(?:ed|ure)?)"/i;
const failureWord = /^(?:errors?|fail(?:ed|ure)?|false|invalid|ko|rejected|unauthori[sz]ed)$/i;
const noError = /^(?:|0|false|no|none|null|ok)$/i;

function isFailure(key: string, value: unknown): boolean {
  switch (key.toLowerCase()) {
    case 'success':
    case 'ok':
      return value === false || value === 'false';
    case 'status':
    case 'result':
    case 'state':
      return typeof value === 'string' ? failureWord.test(value) : isErrorStatus(value);
    case 'statuscode':
    case 'status_code':
    case 'code':
      return isErrorStatus(value);
    case 'error':
    case 'errors':
    case 'exception':
      if (typeof value === 'string') return !noError.test(value.trim());
      if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
      return Boolean(value);
    default:
      return false;
  }
}

function isErrorStatus(value: unknown): boolean {
  return typeof value === 'number' && value >= 400 && value < 600;
}
