import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';
import { pause } from './until.js';

export const binary = fileURLToPath(new URL('../../bin/netcore-hook.js', import.meta.url));

/** How a process ended: its exit code, or the signal that ended it. */
type Ending = number | NodeJS.Signals;

/** A command line in a process of its own. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly ended: Promise<Ending>;
  /** What it has written so far, unless it writes elsewhere. */
  out(): string;
  err(): string;
}

export interface ChildOptions extends Pick<SpawnOptions, 'stdio' | 'env'> {
  /** A program that starts the tool, like a shell that lowers its limits first. */
  readonly through?: readonly string[];
  /** The entry point of another version of the tool. */
  readonly program?: string;
}

/** Starts the built tool. It is killed when the test is over. */
export function spawnTool(words: readonly string[], options: ChildOptions = {}): Child {
  const { through = [], program = binary, ...rest } = options;
  const [command = '', ...before] = [...through, process.execPath];
  const child = spawn(command, [...before, program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what a program has started ends with it.
    detached: through.length > 0,
    ...rest,
  });
  const written = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    written.out += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    written.err += chunk.toString('utf8');
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0));
  });
  onTestFinished(async () => {
    if (through.length > 0) killGroup(child.pid);
    else child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    process: child,
    ended,
    out: () => written.out,
    err: () => written.err,
  };
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Runs the built tool to its end. */
export async function runTool(words: readonly string[], options: ChildOptions = {}) {
  const child = spawnTool(words, options);
  const exit = await child.ended;
  return { exit, out: child.out(), err: child.err() };
}

export interface ListeningChild extends Child {
  readonly url: string;
  readonly store: string;
  /** The listener's process, which is not the child where another program started it. */
  readonly listener: number;
  /** Resolves to the process of the listener that has taken this one's place. */
  successor(): Promise<number>;
}

/** Starts `listen` on a free port, and resolves when it takes calls. */
export async function spawnListener(
  words: readonly string[] = [],
  options: ChildOptions & { readonly store?: string } = {},
): Promise<ListeningChild> {
  const { store = join(temporaryFolder(), 'store'), ...rest } = options;
  const file = join(temporaryFolder(), 'ready.json');
  const child = spawnTool(
    ['listen', '--port', '0', '--no-inspect', '--store', store, '--ready-file', file, ...words],
    rest,
  );
  const ready = async (before: number) => {
    for (;;) {
      if (child.process.exitCode !== null) throw new Error(`It did not start: ${child.err()}`);
      const found = await readReady(file);
      if (found && found.pid !== before) return found;
      await pause();
    }
  };
  const { url, pid } = await ready(0);
  let last = pid;
  const successor = async () => {
    last = (await ready(last)).pid;
    return last;
  };
  return { ...child, url, store, listener: pid, successor };
}

/** Starts `queue work`, and resolves when it works. */
export async function spawnWorker(
  words: readonly string[],
  options: ChildOptions & { readonly store?: string } = {},
): Promise<Child> {
  const { store = join(temporaryFolder(), 'store'), ...rest } = options;
  const child = spawnTool(['queue', 'work', '--json', '--store', store, ...words], rest);
  while (!child.out().includes('"working"')) {
    if (child.process.exitCode !== null) throw new Error(`It did not start: ${child.err()}`);
    await pause();
  }
  return child;
}

interface Ready {
  readonly url: string;
  readonly pid: number;
}

/** What the file says; undefined while it is not there, as between a listener and its successor. */
async function readReady(file: string): Promise<Ready | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Ready);
}
