import { onTestFinished } from 'vitest';
import { type Finished, type Running, type RunOptions, start } from './run.js';
import { temporaryFolder } from './temporary-folder.js';

/** Without its inspector, which would be one more thread for each, unless that is asked for. */
export interface ListenerOptions extends RunOptions {
  readonly store?: string;
  readonly inspect?: boolean;
}

/** A `listen` on a free port with a store of its own, running in this process. */
export interface Listener extends Running {
  readonly url: string;
  readonly store: string;
  stop(): Promise<Finished>;
}

export async function startListener(
  words: readonly string[] = [],
  options: ListenerOptions = {},
): Promise<Listener> {
  const store = options.store ?? temporaryFolder();
  const without = options.inspect ? [] : ['--no-inspect'];
  const running = start(['listen', '--port', '0', '--store', store, ...without, ...words], options);
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
