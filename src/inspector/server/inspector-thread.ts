import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { GlobalOptions } from '../../cli/command.js';
import { errorCode } from '../../problems/translate.js';
import type { StoreFiles } from '../../store/folder.js';
import { createInspector } from '../inspector.js';
import type { OwnListener } from './sending.js';

/**
 * The thread of a listener's inspector, so that pages and searches do not delay answers. Loads the
 * store and the sender on first use.
 */
export interface ThreadSettings {
  readonly files: StoreFiles;
  readonly global: GlobalOptions;
  readonly token: string;
}

export type ToInspector =
  | { readonly kind: 'listen'; readonly port: number }
  /** Kept in memory only. */
  | { readonly kind: 'listener'; readonly own: OwnListener }
  | { readonly kind: 'close' };

export type FromInspector =
  | { readonly kind: 'listens'; readonly port: number }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };

if (parentPort) serve(parentPort, workerData as ThreadSettings);

function serve(port: MessagePort, { files, global, token }: ThreadSettings): void {
  let own: OwnListener | undefined;
  const inspector = createInspector({
    token,
    async openSource() {
      const [{ openSource }, { processHost }] = await Promise.all([
        import('./open-source.js'),
        import('../../host.js'),
      ]);
      const context = { host: processHost(), global };
      return openSource(files, context, () => own);
    },
  });
  const post = (message: FromInspector) => port.postMessage(message);
  port.on('message', (message: ToInspector) => {
    switch (message.kind) {
      case 'listen':
        inspector.listen(message.port).then(
          (taken) => post({ kind: 'listens', port: taken }),
          (error: Error) =>
            post({ kind: 'failed', code: errorCode(error), message: error.message }),
        );
        break;
      case 'listener':
        own = message.own;
        break;
      case 'close':
        void inspector.close().finally(() => port.close());
        break;
    }
  });
}
