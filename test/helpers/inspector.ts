import { onTestFinished } from 'vitest';
import { noPresets } from '../../src/cli/setting.js';
import { openSource } from '../../src/commands/inspect/open-source.js';
import type { OwnListener } from '../../src/commands/inspect/sending.js';
import { type Host, processHost } from '../../src/host.js';
import { tokenHeader } from '../../src/inspector/api.js';
import { createInspector } from '../../src/inspector/inspector.js';
import type { InspectorSource } from '../../src/inspector/source.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { globalOptions } from './global-options.js';
import { type Answer, call } from './http.js';

export const token = 'f00df00df00df00df00df00df00df00d';

/** An inspector over a store, in this process, until the end of the test. */
export interface TestInspector {
  readonly port: number;
  readonly url: string;
  get(path: string): Promise<Answer>;
  /** As the page does. */
  post(path: string, body: unknown): Promise<Answer>;
}

export interface InspectorTestOptions {
  readonly own?: OwnListener;
  readonly host?: Partial<Host>;
}

export function sourceOf(
  files: StoreFiles,
  { own, host = {} }: InspectorTestOptions = {},
): InspectorSource {
  const global = globalOptions({ store: files.folder });
  const source = openSource(
    files,
    { host: { ...processHost(), ...host }, global, presets: noPresets },
    () => own,
  );
  onTestFinished(() => source.close());
  return source;
}

export async function startInspector(
  files: StoreFiles,
  options: InspectorTestOptions = {},
): Promise<TestInspector> {
  const inspector = createInspector({ token, openSource: async () => sourceOf(files, options) });
  const port = await inspector.listen(0);
  onTestFinished(() => inspector.close());
  const url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    get: (path) => call(`${url}${path}`, { method: 'GET' }),
    post: (path, body) =>
      call(`${url}${path}`, {
        headers: { 'Content-Type': 'application/json', [tokenHeader]: token },
        body: JSON.stringify(body),
      }),
  };
}
