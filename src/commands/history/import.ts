import { realClock } from '../../call/clock.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { reporter } from '../../cli/reporter.js';
import { readRecords } from '../../output/record-lines.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { storeFiles } from '../../store/folder.js';
import { isImportable, openImporter } from '../../store/importer.js';
import { journal } from '../../store/journal.js';
import { makeStore } from '../../store/schema.js';
import { createHistoryView, type HistoryNotice } from './view.js';

/** Imports the output of `export`. Keeps the captures before an unreadable line. */
export async function runImport(
  { words: [file, more] }: CommandInput,
  context: CommandContext,
): Promise<number> {
  if (!file || more !== undefined) {
    throw problem('usage', {
      message: 'history import takes one file.',
      hint: 'Pass a file written by history export, or - for stdin.',
    });
  }
  const { host, global } = context;
  const emit = reporter<HistoryNotice>(context, await createHistoryView(context));
  const files = storeFiles(host, global);
  makeStore(files, host.randomBytes(16));
  const importer = openImporter(files, realClock);
  let read = 0;
  let added = 0;
  try {
    try {
      for await (const capture of readRecords(file, host)) {
        read += 1;
        if (!isImportable(capture.id, host.now())) {
          const reason = capture.id.includes('.')
            ? 'it is a single event, not a whole capture'
            : 'its id has a time in the future';
          throw problem('record_invalid', {
            file: file === '-' ? 'stdin' : file,
            line: read,
            reason,
          });
        }
        await importer.add(capture);
      }
    } finally {
      added = await importer.flush();
    }
  } finally {
    importer.close();
  }
  if (added > 0) journal(files, context.host, { kind: 'imported', captures: added });
  emit({ type: 'imported', captures: added, known: read - added });
  return exitCodes.done.code;
}
