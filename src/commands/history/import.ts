import type { Capture } from '../../call/call.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import type { StoreFiles } from '../../store/folder.js';
import { isImportable, openImporter } from '../../store/importer.js';
import { makeStore } from '../../store/open.js';
import { readRecords } from '../record-lines.js';
import type { HistoryNotice } from './view.js';

/** Kept in one transaction: a listener that records meanwhile waits no longer than for these. */
const batchCaptures = 200;
const batchBytes = 4 * 1024 * 1024;

/** Takes in what `export` wrote. What came before a line that cannot be read is kept. */
export async function importCaptures(
  file: string,
  files: StoreFiles,
  { host }: CommandContext,
  emit: Emit<HistoryNotice>,
): Promise<number> {
  makeStore(files, host.randomBytes(16));
  const importer = openImporter(files);
  let batch: Capture[] = [];
  let bytes = 0;
  let read = 0;
  let added = 0;
  const write = () => {
    const captures = batch;
    batch = [];
    bytes = 0;
    added += importer.add(captures);
  };
  try {
    for await (const capture of readRecords(file, host)) {
      read += 1;
      if (!isImportable(capture.id, host.now())) {
        const reason = capture.id.includes('.')
          ? 'it is one event of a capture, and not the capture'
          : 'its id is of a time to come';
        throw problem('record_invalid', {
          file: file === '-' ? 'stdin' : file,
          line: read,
          reason,
        });
      }
      batch.push(capture);
      bytes += capture.body.byteLength;
      if (batch.length === batchCaptures || bytes > batchBytes) write();
    }
    write();
  } finally {
    if (batch.length > 0) write();
    importer.close();
  }
  emit({ type: 'imported', captures: added, known: read - added });
  return exitCodes.done.code;
}
