import type { Attempt } from './attempt.js';

/** How an answer's body begins, as it is kept: at most a kilobyte. null: no answer came. */
export function answerText(attempt: Attempt): string | null {
  return attempt.kind === 'answered' ? new TextDecoder().decode(attempt.body) : null;
}
