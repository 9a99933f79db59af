import { fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Host } from '../host.js';
import { packageRoot } from '../package-root.js';

/** How long the guard may take to end its program, in milliseconds: longer than it waits itself. */
const maxEnd = 4_000;
/** How many of its last lines are kept, to tell from them why it ended. */
const keptLines = 40;
/** How many characters of a line are read. */
const maxLine = 4_096;

/** A running program that ends when this process does, also when that is killed. */
export interface GuardedChild {
  /** Resolves with its last lines when it has ended. */
  readonly ended: Promise<readonly string[]>;
  /** Ends it; resolves when it has. */
  end(): Promise<void>;
}

/** Starts a program under a guard. `told` gets each line of its stderr. */
export function startGuarded(
  file: string,
  args: readonly string[],
  host: Pick<Host, 'env' | 'cwd' | 'platform' | 'killGroup'>,
  told: (line: string) => void,
): GuardedChild {
  const child = fork(
    fileURLToPath(new URL('dist/tunnel-guard.cjs', packageRoot)),
    [file, ...args],
    {
      cwd: host.cwd,
      env: childEnvironment(host.env),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C is for the listener, which ends it when the last call is answered.
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
      // A guard that was killed leaves its program behind.
      kill();
      resolve();
    });
  });
  // The child's own `close` does not come when it was this side that closed the channel.
  const silent = new Promise<void>((resolve) => {
    if (!child.stderr) return resolve();
    child.stderr.once('close', resolve);
    readLines(child.stderr, (line) => {
      last.push(line);
      if (last.length > keptLines) last.shift();
      told(line);
    });
  });
  const ended = Promise.all([exited, silent]).then(() => last);
  return {
    ended,
    async end() {
      const impatience = setTimeout(kill, maxEnd);
      if (child.connected) child.disconnect();
      await ended;
      clearTimeout(impatience);
    },
  };
}

/** Whatever a program writes, this takes no more memory than a line may: the rest of it is dropped. */
function readLines(stream: Readable, told: (line: string) => void): void {
  let begun = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = `${begun}${text}`.split(/\r?\n/).map((line) => line.slice(0, maxLine));
    begun = lines.pop() ?? '';
    for (const line of lines) told(line);
  });
  stream.on('end', () => {
    if (begun !== '') told(begun);
  });
}

/** Our own variables may hold passwords, which are no business of the program's. */
export function childEnvironment(env: Host['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('NETCORE_HOOK_')),
  );
}
