import type { Attempt } from '../call/attempt.js';
import type { HeaderPairs } from '../call/call.js';
import { problem } from '../problems/problem.js';
import type { PostAnswer } from './post-answer.js';

/** Throws the problem `not_answered` for a call without an answer. */
export function answerOf(attempt: Attempt, url: string | URL): PostAnswer {
  if (attempt.kind === 'failed') {
    throw problem('not_answered', { url: String(url), reason: attempt.reason });
  }
  const { status, headers, body, ms } = attempt;
  return { status, headers: byName(headers), text: Buffer.from(body).toString('utf8'), ms };
}

function byName(headers: HeaderPairs): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [name, value] of headers) named[name.toLowerCase()] ??= value;
  return named;
}
