import { Worker } from 'node:worker_threads';
import type { CommandContext } from '../../cli/command.js';
import { packageRoot } from '../../package-root.js';
import type { StoreFiles } from '../../store/folder.js';
import type { FromInspector, ThreadSettings, ToInspector } from './inspector-thread.js';
import { makeToken } from './make-token.js';
import type { OwnListener } from './sending.js';

export interface InspectorThread {
  /** Resolves to the port; 0 takes any. Rejects with Node's error when it is not free. */
  listen(port: number): Promise<number>;
  /** Sets its listener and the listener's credentials. */
  belongTo(own: OwnListener): void;
  close(): Promise<void>;
}

/** Heap limit in MB, so that a page's request cannot exhaust the listener's memory. */
const maxMemory = 512;

/** Loads the thread in the background. Calls `warn` when it ends unexpectedly. */
export function startInspectorThread(
  files: StoreFiles,
  { host, global }: CommandContext,
  warn: (code: string, message: string) => void,
): InspectorThread {
  const settings: ThreadSettings = { files, global, token: makeToken(host) };
  const worker = new Worker(new URL('dist/inspector-thread.cjs', packageRoot), {
    workerData: settings,
    name: 'inspector',
    resourceLimits: { maxOldGenerationSizeMb: maxMemory },
  });
  let listens = false;
  let failure: Error | undefined;
  worker.on('error', (error: Error) => {
    failure = error;
    if (!listens) return;
    const message = `The inspector failed: ${error.message}. The listener still receives calls.`;
    warn('inspector_ended', message);
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  const post = (message: ToInspector) => worker.postMessage(message);
  return {
    listen: (port) =>
      new Promise((resolve, reject) => {
        void ended.then(() => reject(failure ?? new Error('The inspector has ended.')));
        worker.once('message', (message: FromInspector) => {
          if (message.kind === 'listens') {
            listens = true;
            resolve(message.port);
          } else reject(Object.assign(new Error(message.message), { code: message.code }));
        });
        post({ kind: 'listen', port });
      }),
    belongTo: (own) => post({ kind: 'listener', own }),
    async close() {
      post({ kind: 'close' });
      await ended;
    },
  };
}
