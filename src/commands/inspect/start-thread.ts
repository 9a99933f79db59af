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

/** The thread loads while the caller goes on. */
export function startInspectorThread(
  files: StoreFiles,
  { host, global }: CommandContext,
): InspectorThread {
  const settings: ThreadSettings = { files, global, token: makeToken(host) };
  const worker = new Worker(new URL('dist/inspector-thread.cjs', packageRoot), {
    workerData: settings,
    name: 'inspector',
  });
  let failure: Error | undefined;
  // Calls are received and recorded without it.
  worker.on('error', (error: Error) => {
    failure = error;
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  const tell = (message: ToInspector) => worker.postMessage(message);
  return {
    listen: (port) =>
      new Promise((resolve, reject) => {
        const ends = () => reject(failure ?? new Error('The inspector has ended.'));
        worker.once('exit', ends);
        worker.once('message', (message: FromInspector) => {
          worker.off('exit', ends);
          if (message.kind === 'listens') resolve(message.port);
          else reject(Object.assign(new Error(message.message), { code: message.code }));
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
