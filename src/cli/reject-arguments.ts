import { type Problem, problem } from '../problems/problem.js';
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

/** The problem of two options, or other words, of which one would make the other ineffective. */
export function notCombined(one: string, other: string): Problem {
  return problem('usage', {
    message: `${one} and ${other} cannot be combined.`,
    hint: 'Remove one of them.',
  });
}

export function showHint(word: string): string {
  return `To show a capture: netcore-hook history show ${word}`;
}
