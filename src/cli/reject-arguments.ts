import { problem } from '../problems/problem.js';
import { withoutUserinfo } from './options/values.js';

/** Throws `usage` when a command without arguments got a word. */
export function rejectArguments(
  command: string,
  [word]: readonly string[],
  hint: (word: string) => string,
): void {
  if (word === undefined) return;
  const shown = withoutUserinfo(word);
  throw problem('usage', {
    message: `${command} takes options only, but got "${shown}".`,
    hint: hint(shown),
  });
}

export function showHint(word: string): string {
  return `To show a capture: netcore-hook history show ${word}`;
}
