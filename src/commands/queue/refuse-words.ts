import { problem } from '../../problems/problem.js';

/** A verb that takes options only. */
export function refuseWords(verb: string, [word]: readonly string[]): void {
  if (word === undefined) return;
  throw problem('usage', {
    message: `queue ${verb} takes options only, but got "${word}".`,
    hint: `To look at one call: netcore-hook history show ${word}`,
  });
}
