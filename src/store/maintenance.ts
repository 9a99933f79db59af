import { Worker } from 'node:worker_threads';
import { packageRoot } from '../package-root.js';
import type { StoreFiles } from './folder.js';
import type { MaintenanceNews, MaintenanceSettings, ToMaintenance } from './maintenance-thread.js';
import type { Retention } from './retention.js';

/** Maintains a store while it is written to. */
export interface Maintenance {
  /** Resolves when the thread has ended. */
  close(): Promise<void>;
}

/**
 * Starts maintenance of a store that is open for writing: it indexes the bodies that the writer left
 * for later, and removes in small steps what lies beyond the retention. Failed steps are retried and
 * never affect a call. It also copies what can be read of a damaged database that was set aside.
 */
export function startMaintenance(
  files: StoreFiles,
  retention: Retention,
  tell: (news: MaintenanceNews) => void = () => {},
): Maintenance {
  const settings: MaintenanceSettings = { database: files.database, retention };
  const worker = new Worker(new URL('dist/store-maintenance.cjs', packageRoot), {
    workerData: settings,
    name: 'store-maintenance',
    // V8 takes three times as much for new objects, and gives it back late. Nobody waits for this thread.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  // A thread that fails leaves the store as it is.
  worker.on('error', () => {});
  worker.on('message', tell);
  return {
    close() {
      worker.postMessage('close' satisfies ToMaintenance);
      return ended;
    },
  };
}
