import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { historyLogOptions } from '../../cli/options/reading.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { reporter } from '../../cli/reporter.js';
import { journalNotice } from '../../output/journal-text.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { storeFiles } from '../../store/folder.js';
import { readJournal } from '../../store/journal.js';
import { createHistoryView, type HistoryNotice } from './view.js';

/** Lists what happened to the store and its queue, the newest last. */
export async function runLog(
  { words, options }: CommandInput<OptionValues<typeof historyLogOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('history log', words, showHint);
  const { host, global } = context;
  const now = host.now();
  const span = { since: options.since?.(now), until: options.until?.(now), limit: options.limit };
  const entries = readJournal(storeFiles(host, global), span);
  const emit = reporter<HistoryNotice>(context, await createHistoryView(context));
  for (const entry of entries) emit(journalNotice(entry));
  if (entries.length === 0) {
    emit({ type: 'warning', code: 'no_match', message: 'The journal has no entry of this time.' });
  } else if (host.stdout.isTTY && !global.json) emit({ type: 'times' });
  return exitCodes.done.code;
}
