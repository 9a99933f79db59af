import type { Attempt } from './attempt.js';

/** The stored start of an answer's body, at most a kilobyte. null when no answer arrived. */
export function answerText(attempt: Attempt): string | null {
  return attempt.kind === 'answered' ? new TextDecoder().decode(attempt.body) : null;
}
