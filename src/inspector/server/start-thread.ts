import { Worker } from 'node:worker_threads';
import type { CommandContext } from '../../cli/command.js';
import { packageRoot } from '../../package-root.js';
import type { StoreFiles } from '../../store/folder.js';
import type { FromInspector, ThreadSettings, ToInspector } from './inspector-thread.js';
import { makeToken } from './make-token.js';
import type { OwnListener } from './sending.js';

/** An inspector in a thread of its own. */
export interface InspectorThread {
  /** Resolves to the port; rejects with Node's error when that one, 0 for any, is not free. */
  listen(port: number): Promise<number>;
  /** Says which listener it belongs to, and how to log in there. */
  belongTo(own: OwnListener): void;
  close(): Promise<void>;
}

/** So much memory its objects may take, in MB, lest a page's wish be the end of the listener. */
const maxMemory = 512;

/** The thread loads while the caller goes on. `warn` is told when it ends by itself. */
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
  const tell = (message: ToInspector) => worker.postMessage(message);
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
        tell({ kind: 'listen', port });
      }),
    belongTo: (own) => tell({ kind: 'listener', own }),
    async close() {
      tell({ kind: 'close' });
      await ended;
    },
  };
}
