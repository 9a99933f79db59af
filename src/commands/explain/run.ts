import type { CommandContext, CommandInput } from '../../cli/command.js';
import { reporter } from '../../cli/reporter.js';
import { type Explanation, readExplanations } from '../../explanations.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { createExplainView, type ExplainNotice } from './view.js';

/** Explains a problem, a warning or a finding, or lists their codes. */
export async function runExplain(
  { words: [word] }: CommandInput<unknown>,
  context: CommandContext,
): Promise<number> {
  const emit = reporter<ExplainNotice>(context, await createExplainView(context));
  const all = readExplanations();
  const found = word === undefined ? all : explanationsOf(word, all);
  for (const { code, kind, page, text } of found) {
    if (word === undefined) emit({ type: 'code', code, kind, page });
    else emit({ type: 'explanation', code, kind, page, text });
  }
  return exitCodes.done.code;
}

/** A code may name a problem and a finding. */
function explanationsOf(typed: string, all: readonly Explanation[]): readonly Explanation[] {
  // Problems show their code in parentheses.
  const code = typed
    .replace(/^\((.*)\)$/, '$1')
    .toLowerCase()
    .replaceAll('-', '_');
  const found = all.filter((each) => each.code === code);
  if (found.length > 0) return found;
  const meant = nearest(
    code,
    all.map((each) => each.code),
  );
  throw problem('usage', {
    message: `No problem, warning or finding has the code "${typed}".`,
    hint:
      meant === undefined
        ? 'List all codes: netcore-hook explain'
        : `Did you mean ${meant}? netcore-hook explain lists all codes.`,
  });
}
