import { compareCalls, compareContent } from '../../call/compare-calls.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { historyDiffOptions } from '../../cli/options/data.js';
import type { OptionValues } from '../../cli/options/option.js';
import { pathText } from '../../payload/compare-json.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { findCapture, splitReference } from '../../store/history.js';
import { captureRedactor } from './capture-redactor.js';
import { withHistory } from './open.js';

/** Shows how two captures differ, or two events. Exits with 1 when they do. */
export async function runDiff(
  { words, options }: CommandInput<OptionValues<typeof historyDiffOptions>>,
  context: CommandContext,
): Promise<number> {
  const [one, other] = twoWords(words);
  const isEvent = splitReference(one).event !== undefined;
  if (isEvent !== (splitReference(other).event !== undefined)) {
    throw problem('usage', {
      message: 'history diff compares two captures or two events.',
      hint: 'Name an event of each: netcore-hook history diff last~1.1 last.1',
    });
  }
  return withHistory(context, async ({ history, emit }) => {
    const redact = await captureRedactor(options, context, emit);
    const [first, second] = [one, other].map((reference) => {
      const capture = findCapture(history, reference);
      const story = history.story(capture.id.replace(/\..*/, ''));
      return redact(capture, story).capture;
    });
    if (!first || !second) return exitCodes.done.code;
    const all = isEvent ? compareContent(first, second) : compareCalls(first, second);
    const shown = options.all ? all : all.filter(({ folded }) => !folded);
    for (const { path, one: before, other: after } of shown) {
      emit({ type: 'difference', path, field: pathText(path), one: before, other: after });
    }
    const folded = all.length - shown.length;
    emit({ type: 'compared', one: first.id, other: second.id, differences: shown.length, folded });
    return shown.length === 0 ? exitCodes.done.code : exitCodes.no.code;
  });
}

function twoWords([one, other, more]: readonly string[]): readonly [string, string] {
  if (one === undefined || other === undefined || more !== undefined) {
    throw problem('usage', {
      message: 'history diff requires the ids of two captures.',
      hint: 'Try: netcore-hook history diff last~1 last',
    });
  }
  return [one, other];
}
