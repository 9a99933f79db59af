import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { historyShowOptions } from '../../cli/options/reading.js';
import { recordNotice } from '../../output/capture-record.js';
import { writeRaw } from '../../output/raw-output.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { findCapture } from '../../store/history.js';
import { captureRedactor } from './capture-redactor.js';
import { withHistory } from './open.js';

/** Shows one capture, or its body byte for byte. */
export async function runShow(
  { words, options }: CommandInput<OptionValues<typeof historyShowOptions>>,
  context: CommandContext,
): Promise<number> {
  const reference = onlyWord(words);
  return withHistory(context, async ({ history, emit }) => {
    const found = findCapture(history, reference);
    const story = history.story(found.id.replace(/\..*/, ''));
    const redact = await captureRedactor(options, context, emit);
    const redacted = redact(found, story);
    if (options.body) writeRaw(context.host.stdout, redacted.capture.body);
    else emit(recordNotice(redacted.capture, redacted.story));
    return exitCodes.done.code;
  });
}

function onlyWord([reference, more]: readonly string[]): string {
  if (reference === undefined) {
    throw problem('usage', {
      message: 'history show requires the id of a capture.',
      hint: 'Try: netcore-hook history show last',
    });
  }
  if (more === undefined) return reference;
  throw problem('usage', {
    message: `history show takes one id, but got "${reference}" and "${more}".`,
    hint: 'history export takes several.',
  });
}
