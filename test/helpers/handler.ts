import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { nobodyThere } from './servers.js';
import { temporaryFolder } from './temporary-folder.js';

const program = fileURLToPath(new URL('./handler-program.js', import.meta.url));

/** What a handler does with each call. Calls whose mark holds `poison` are answered 500 always. */
export type Behaviour = { readonly poison?: string } & (
  | { readonly kind: 'take' | 'hang' }
  /** Takes it after so many milliseconds. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'fail'; readonly status: number; readonly retryAfter?: number }
);

/** A call as the handler saw it. */
export interface HandledCall {
  /** In milliseconds since 1970, before it was answered. */
  readonly time: number;
  /** What stands in X-Netcore-Hook-Id and X-Netcore-Hook-Attempt. */
  readonly id: string;
  readonly attempt: number;
  readonly mark: string;
  /** 0: none, it was left hanging. */
  readonly status: number;
  /** How many calls the handler had then, this one among them. */
  readonly flying: number;
}

/** A handler in a process of its own, always on the same port. It ends with the test. */
export interface Handler {
  readonly url: string;
  /** Every call that came so far, through all its lives. */
  readonly calls: readonly HandledCall[];
  /** The marks of the calls that it answered 200, with the times when it did. */
  readonly taken: ReadonlyMap<string, readonly HandledCall[]>;
  start(behaviour?: Behaviour): Promise<void>;
  /** From now on. */
  behave(behaviour: Behaviour): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Resolves when something holds of what has come; rejects when it does not within `most` ms. */
  until(holds: () => boolean, what: string, most?: number): Promise<void>;
}

/** A handler that is not started yet: nobody listens at its URL. */
export async function makeHandler(): Promise<Handler> {
  const url = await nobodyThere();
  const file = join(temporaryFolder(), 'calls.log');
  const log = openSync(file, 'a+', 0o600);
  onTestFinished(() => closeSync(log));
  const calls: HandledCall[] = [];
  const taken = new Map<string, HandledCall[]>();
  const waiting = new Set<() => void>();
  let child: ChildProcess | undefined;
  let rest = '';
  let offset = 0;

  function read(): void {
    const chunk = Buffer.alloc(1 << 20);
    for (;;) {
      const length = readSync(log, chunk, 0, chunk.length, offset);
      if (length === 0) break;
      offset += length;
      const lines = (rest + chunk.toString('latin1', 0, length)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) keep(JSON.parse(line) as HandledCall);
    }
    for (const look of waiting) look();
  }

  function keep(call: HandledCall): void {
    calls.push(call);
    if (call.status !== 200) return;
    const before = taken.get(call.mark);
    if (before) before.push(call);
    else taken.set(call.mark, [call]);
  }

  const heard = (process: ChildProcess, word: string) =>
    new Promise<void>((resolve, reject) => {
      const forget = () => process.off('message', hear).off('exit', miss);
      const hear = (said: unknown) => {
        if (said !== word) return;
        forget();
        resolve();
      };
      const miss = () => {
        forget();
        reject(new Error(`The handler ended before this was heard of it: ${word}`));
      };
      process.on('message', hear).on('exit', miss);
    });

  async function behave(behaviour: Behaviour): Promise<void> {
    if (!child) throw new Error('The handler was not started.');
    const done = heard(child, 'behaves');
    child.send(behaviour);
    await done;
  }

  async function kill(): Promise<void> {
    const killed = child;
    child = undefined;
    if (killed && killed.exitCode === null && killed.signalCode === null) {
      const ended = new Promise((resolve) => killed.once('exit', resolve));
      killed.kill('SIGKILL');
      await ended;
    }
    read();
  }

  onTestFinished(kill);
  return {
    url: url.href,
    calls,
    taken,
    async start(behaviour = { kind: 'take' }) {
      child = fork(program, [url.port, file], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      child.on('message', (said) => said === 'written' && read());
      await heard(child, 'listens');
      await behave(behaviour);
    },
    behave,
    kill,
    until: (holds, what, most = 30_000) =>
      new Promise((resolve, reject) => {
        const settle = (error?: Error) => {
          clearTimeout(timer);
          waiting.delete(look);
          if (error) reject(error);
          else resolve();
        };
        const look = () => holds() && settle();
        const timer = setTimeout(() => settle(new Error(`Not within ${most} ms: ${what}`)), most);
        waiting.add(look);
        look();
      }),
  };
}
