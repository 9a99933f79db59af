import { fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Host } from '../host.js';
import { packageRoot } from '../package-root.js';

/** Longer than the guard itself waits for its program. */
const maxEndMs = 4_000;
const keptLines = 40;
const maxLine = 4_096;

/** A program that ends when this process does, even when this process is killed. */
export interface GuardedChild {
  /** Resolves to its last lines when it has ended. */
  readonly ended: Promise<readonly string[]>;
  /** Ends it; resolves when it has ended. */
  end(): Promise<void>;
}

/** Starts a program under a guard. `onLine` gets each line of its stderr. */
export function startGuarded(
  file: string,
  args: readonly string[],
  host: Pick<Host, 'env' | 'cwd' | 'platform' | 'killGroup'>,
  onLine: (line: string) => void,
): GuardedChild {
  const child = fork(
    fileURLToPath(new URL('dist/tunnel-guard.cjs', packageRoot)),
    [file, ...args],
    {
      cwd: host.cwd,
      env: childEnvironment(host.env),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C is for the listener, which ends the program after the last
      // answer.
      detached: host.platform !== 'win32',
    },
  );
  const last: string[] = [];
  const kill = () => {
    if (host.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL');
    else host.killGroup(child.pid);
  };
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      last.push(error.message);
      resolve();
    });
    child.once('exit', () => {
      // A guard that was killed leaves its program running.
      kill();
      resolve();
    });
  });
  // The child does not emit `close` when this side closed the channel.
  const silent = new Promise<void>((resolve) => {
    if (!child.stderr) return resolve();
    child.stderr.once('close', resolve);
    readLines(child.stderr, (line) => {
      last.push(line);
      if (last.length > keptLines) last.shift();
      onLine(line);
    });
  });
  const ended = Promise.all([exited, silent]).then(() => last);
  return {
    ended,
    async end() {
      const impatience = setTimeout(kill, maxEndMs);
      if (child.connected) child.disconnect();
      await ended;
      clearTimeout(impatience);
    },
  };
}

/** Bounds memory: drops what exceeds the length of a line. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let begun = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = `${begun}${text}`.split(/\r?\n/).map((line) => line.slice(0, maxLine));
    begun = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (begun !== '') onLine(begun);
  });
}

/** Our own variables may hold passwords, which the program must not see. */
export function childEnvironment(env: Host['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('NETCORE_HOOK_')),
  );
}
