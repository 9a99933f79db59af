import { Worker } from 'node:worker_threads';
import { packageRoot } from '../package-root.js';
import type { StoreFiles } from './folder.js';
import type { KeeperSettings, ToKeeper } from './keeper-thread.js';
import type { Retention } from './retention.js';

/** Keeps house in a store while it is written to. */
export interface Keeper {
  /** Ends what is under way. */
  close(): Promise<void>;
}

/**
 * Starts keeping a store that is open for writing: bodies that were left for later are read into
 * the index, and what lies beyond the retention is removed, in small steps. What fails is tried
 * again; it never concerns a call.
 */
export function startKeeper(files: StoreFiles, retention: Retention): Keeper {
  const settings: KeeperSettings = { database: files.database, retention };
  const worker = new Worker(new URL('dist/store-keeper.cjs', packageRoot), {
    workerData: settings,
    name: 'store-keeper',
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  // A thread that fails leaves the store as it is.
  worker.on('error', () => {});
  return {
    close() {
      worker.postMessage('close' satisfies ToKeeper);
      return ended;
    },
  };
}
