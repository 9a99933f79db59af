import { resolve } from 'node:path';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { reporter } from '../../cli/reporter.js';
import { createProgress } from '../../output/progress.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { errorCode, plainReason } from '../../problems/translate.js';
import { backUp } from '../../store/backup.js';
import { hasDatabase, storeFiles } from '../../store/folder.js';
import { journal } from '../../store/journal.js';
import { openStoreQueueAdmin } from '../../store/queue-admin.js';
import { createHistoryView, type HistoryNotice } from './view.js';

/** Copies the store into one file, while listeners and workers continue. */
export async function runBackup(
  { words: [name = ''] }: CommandInput<unknown>,
  context: CommandContext,
): Promise<number> {
  const { host, global } = context;
  const files = storeFiles(host, global);
  if (!hasDatabase(files)) throw problem('store_missing', { path: files.folder });
  const path = resolve(host.cwd, name);
  const emit = reporter<HistoryNotice>(context, await createHistoryView(context, false));
  const progress = await createProgress(context);
  progress.update(`Copying ${files.folder}`);
  try {
    const made = await backUp(files, path);
    progress.end();
    journal(files, host, { kind: 'backed_up', captures: made.captures });
    emit({ type: 'backup', path, ...made, elsewhere: await callsOnRedis(context) });
    return exitCodes.done.code;
  } catch (error) {
    progress.end();
    if (errorCode(error) === 'EEXIST') {
      throw problem('usage', {
        message: `${path} already exists, and a backup never overwrites a file.`,
        hint: 'Choose another name, such as one with the date.',
      });
    }
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
}

/** The servers that have calls of this store. */
async function callsOnRedis({ host, global }: CommandContext): Promise<readonly string[]> {
  const admin = openStoreQueueAdmin(storeFiles(host, global), host.now);
  try {
    const targets = await admin.targets();
    const handedOver = targets.filter(({ states }) => states['handed over'] > 0);
    return [...new Set(handedOver.map(({ queue }) => queue))];
  } finally {
    await admin.close();
  }
}
