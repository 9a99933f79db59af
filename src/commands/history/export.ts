import type { CaptureQuery } from '../../call/capture-query.js';
import { captureQuery, givenFilter } from '../../cli/capture-filter.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { historyExportOptions } from '../../cli/options/reading.js';
import { recordNotice } from '../../output/capture-record.js';
import { roomToWrite } from '../../output/room-to-write.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { storeFiles } from '../../store/folder.js';
import { findCapture, type History } from '../../store/history.js';
import { journal } from '../../store/journal.js';
import { captureRedactor } from './capture-redactor.js';
import { defaultColumns, eventRows } from './event-rows.js';
import { noneMatches, withHistory } from './open.js';

/** Writes complete captures as JSON lines or their events as CSV, oldest first. */
export async function runExport(
  input: CommandInput<OptionValues<typeof historyExportOptions>>,
  context: CommandContext,
): Promise<number> {
  const { words, options } = input;
  const filter = givenFilter(input);
  if (words.length > 0 && filter !== undefined) {
    throw problem('usage', {
      message: `history export takes ids or filters, not both (${filter}).`,
      hint: 'Remove one of them.',
    });
  }
  const { format, columns } = options;
  const isCsv = format === 'csv';
  if (isCsv && context.global.json) {
    throw problem('usage', {
      message: '--format csv and --json contradict each other.',
      hint: 'Remove one of them. Without --format, export writes JSON lines.',
    });
  }
  if (!isCsv && columns.length > 0) {
    throw problem('usage', {
      message: '--columns requires --format csv.',
      hint: 'Try: netcore-hook history export --format csv --columns key,who,time',
    });
  }
  const chosenColumns = columns.length > 0 ? columns : defaultColumns;
  const query = captureQuery(options, context.host.now());
  const act = async ({ history, emit }: Parameters<Parameters<typeof withHistory>[1]>[0]) => {
    const hasRoom = roomToWrite(context.host.stdout);
    let exported = 0;
    const redact = await captureRedactor(options, context, emit);
    if (isCsv) emit({ type: 'row', values: chosenColumns });
    for (const found of chosen(words, query, history)) {
      const { capture, story } = redact(found, history.story(found.id));
      if (!isCsv) emit(recordNotice(capture, story));
      else {
        for (const values of eventRows(capture, story, chosenColumns, query.events)) {
          emit({ type: 'row', values });
        }
      }
      exported += 1;
      if (!(await hasRoom())) break;
    }
    if (exported === 0) emit(noneMatches);
    else {
      const files = storeFiles(context.host, context.global);
      const redacted = options.redact || options.redactKey !== undefined;
      journal(files, context.host, { kind: 'exported', captures: exported, redacted });
    }
    return exitCodes.done.code;
  };
  return withHistory(context, act, true);
}

function* chosen(references: readonly string[], query: CaptureQuery, history: History) {
  if (references.length > 0) {
    // Find all of them first, so that a mistyped id does not leave a partial export.
    const found = references.map((reference) => findCapture(history, reference).id);
    for (const id of found) yield findCapture(history, id);
    return;
  }
  for (const { seq } of history.captures(query, 'oldest first')) {
    const capture = history.at(seq);
    // A listener may have removed it since it was listed.
    if (capture) yield capture;
  }
}
