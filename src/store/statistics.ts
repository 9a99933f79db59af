import { Worker } from 'node:worker_threads';
import { packageRoot } from '../package-root.js';
import type { StoreFiles } from './folder.js';
import type { StatisticsSettings, StoreStatistics } from './statistics-thread.js';

/** Heap limit in MB. */
const maxMemory = 256;

/** Reports a store's statistics at once and then regularly, until the returned function is called. */
export function watchStatistics(
  files: StoreFiles,
  everyMs: number,
  report: (statistics: StoreStatistics) => void,
): () => Promise<void> {
  const settings: StatisticsSettings = { files, everyMs };
  const worker = new Worker(new URL('dist/store-statistics.cjs', packageRoot), {
    workerData: settings,
    name: 'store-statistics',
    resourceLimits: { maxOldGenerationSizeMb: maxMemory, maxYoungGenerationSizeMb: 6 },
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  // Without it, the last statistics stay.
  worker.on('error', () => {});
  worker.on('message', report);
  return () => {
    worker.postMessage('close');
    return ended;
  };
}
