import { onTestFinished } from 'vitest';
import type { CommandContext } from '../../src/cli/command.js';
import { type Host, processHost } from '../../src/host.js';
import { tokenHeader } from '../../src/inspector/api.js';
import { createInspector } from '../../src/inspector/inspector.js';
import { openSource } from '../../src/inspector/server/open-source.js';
import type { OwnListener } from '../../src/inspector/server/sending.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { globalOptions } from './global-options.js';
import { type Answer, call } from './http.js';

export const token = 'f00df00df00df00df00df00df00df00d';

/** An inspector over a store, in this process. */
export interface TestInspector {
  readonly port: number;
  readonly url: string;
  get(path: string): Promise<Answer>;
  /** As the page does. */
  post(path: string, body: unknown): Promise<Answer>;
}

interface InspectorTestOptions {
  readonly own?: OwnListener;
  readonly host?: Partial<Host>;
}

const thisHost = processHost();

/** What a command line gives that names nothing but a store. */
function contextOf(files: StoreFiles, host: Partial<Host> = {}): CommandContext {
  return {
    host: { ...thisHost, ...host },
    global: globalOptions({ store: files.folder }),
  };
}

/** Until the end of the test. */
export async function startInspector(
  files: StoreFiles,
  options: InspectorTestOptions = {},
): Promise<TestInspector> {
  const started = await openInspector(files, options);
  onTestFinished(() => started.close());
  return started;
}

/** Until it is closed. */
export async function openInspector(
  files: StoreFiles,
  { own, host }: InspectorTestOptions = {},
): Promise<TestInspector & { close(): Promise<void> }> {
  const inspector = createInspector({
    token,
    openSource: async () => openSource(files, contextOf(files, host), () => own),
  });
  const port = await inspector.listen(0);
  const url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    close: inspector.close,
    get: (path) => call(`${url}${path}`, { method: 'GET' }),
    post: (path, body) =>
      call(`${url}${path}`, {
        headers: { 'Content-Type': 'application/json', [tokenHeader]: token },
        body: JSON.stringify(body),
      }),
  };
}
