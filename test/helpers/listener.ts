import { onTestFinished } from 'vitest';
import { type Finished, type Running, type RunOptions, start } from './run.js';
import { temporaryFolder } from './temporary-folder.js';

/** A `listen` on a free port with a store of its own, running in this process. */
export interface Listener extends Running {
  readonly url: string;
  readonly store: string;
  stop(): Promise<Finished>;
}

export async function startListener(
  words: readonly string[] = [],
  options: RunOptions & { readonly store?: string } = {},
): Promise<Listener> {
  const store = options.store ?? temporaryFolder();
  const running = start(['listen', '--port', '0', '--store', store, ...words], options);
  const [, url = ''] = await running.line(/(?:Listening\s+|"url":")(https?:\/\/[^\s"]+)/);
  const stop = () => {
    running.signal('SIGINT');
    return running.finished;
  };
  onTestFinished(async () => {
    await stop();
  });
  return { ...running, url, store, stop };
}
