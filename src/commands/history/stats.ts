import { captureQuery } from '../../cli/capture-filter.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { historyStatsOptions } from '../../cli/options/reading.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { storeFilesIfAny } from '../../store/folder.js';
import { openTemporaryDatabase } from '../../store/temporary-database.js';
import { reachNotice } from '../reach.js';
import { withHistory } from './open.js';
import { countRepeats } from './repeats.js';
import { countCaptures, isoTime } from './statistics.js';

export async function runStats(
  { words, options }: CommandInput<OptionValues<typeof historyStatsOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('history stats', words, showHint);
  const now = context.host.now();
  const query = captureQuery(options, now);
  return withHistory(context, async ({ history, emit }) => {
    const captures = () => history.captures(query, 'oldest first');
    const reach = reachNotice(history.retention(now).reach);
    const { by } = options;
    if (by !== 'duplicate') {
      emit(countCaptures(captures, by, query, reach));
      return exitCodes.done.code;
    }
    const files = storeFilesIfAny(context.host, context.global);
    const database = openTemporaryDatabase(files, context.host);
    try {
      const { first, last, ...found } = countRepeats(captures, query, database);
      emit({ type: 'stats', by, first: isoTime(first), last: isoTime(last), reach, ...found });
    } finally {
      database.close();
    }
    return exitCodes.done.code;
  });
}
