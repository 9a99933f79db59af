import { closeSync, openSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProcessIdentities, processIdentities } from './process-identities.js';
import type { ProcessIdentity } from './process-identity.js';

/** The process as a value: the only place that reads `process`, so that tests can replace it. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  /** The effective user id; undefined on platforms without one. */
  readonly userId: number | undefined;
  readonly platform: NodeJS.Platform;
  /** Undefined: neither HOME nor the user database names one, as in some containers. */
  readonly homeFolder: string | undefined;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /**
   * Changes with every boot of the machine, also for containers; empty where the platform has none.
   */
  bootId(): string;
  /**
   * Runs a script in a process of its own with the same Node, and resolves to its exit code; null
   * when it could not run or was killed.
   */
  runScript(script: URL, words: readonly string[]): Promise<number | null>;
  now(): number;
  /** Milliseconds of the monotonic clock that all processes share since boot. */
  monotonic(): number;
  randomBytes(count: number): Uint8Array;
  /**
   * Calls `react` at the first SIGINT or SIGTERM, then restores the default, so that a second one
   * stops the process. Returns a function that unsubscribes.
   */
  onStopSignal(react: (signal: StopSignal) => void): () => void;
  /**
   * Calls `react` at every SIGHUP, except for a closing terminal's, which stops the process.
   * Returns a function that unsubscribes.
   */
  onReloadSignal(react: () => void): () => void;
  isProcessAlive(pid: number): boolean;
  /** This process, identified among all that may share a store. */
  readonly process: ProcessIdentity;
  /** The name of the user in the operating system; empty when it has none. */
  userName(): string;
  /** Whether a process is known to have ended. */
  hasEnded(process: ProcessIdentity): boolean;
  /** Kills a process group by its leader. Not on Windows. */
  killGroup(pid: number): void;
  /** Makes terminal output non-blocking, so that Ctrl-S does not stop the process. */
  neverWaitForTerminal(): void;
  /** Drops pending output, so that the process can end. */
  abandonOutput(): void;
  /** The error of a write to stdout so far, other than a reader that has closed the pipe. */
  outputFailure(): Promise<Error | undefined>;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean };
export type OutputStream = NodeJS.WritableStream & {
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Bytes written and not taken yet. */
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
};

export function processHost(): Host {
  if (process.pid === 1) endOnSignals();
  let failure: Error | undefined;
  // A closed reader (`| head`) is not an error: the remaining output is dropped.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= error;
  });
  process.stderr.on('error', () => {});
  // Libraries print advice with it, between our JSON lines.
  for (const name of ['log', 'info', 'warn', 'error'] as const) console[name] = () => {};
  let known: ProcessIdentities | undefined;
  const identities = () => {
    const { pid, platform } = process;
    known ??= processIdentities({ pid, platform, isProcessAlive });
    return known;
  };
  return {
    env: process.env,
    // The folder may be gone; the getter throws then, where a command needs it.
    get cwd() {
      return process.cwd();
    },
    pid: process.pid,
    userId: process.geteuid?.(),
    platform: process.platform,
    get homeFolder() {
      return homeFolder();
    },
    // Reading `process.stdin` opens it, which costs start-up time.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    bootId: () => identities().own.boot,
    runScript,
    now: Date.now,
    monotonic: () => Number(process.hrtime.bigint()) / 1e6,
    // Loading node:crypto takes longer than most commands.
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    onStopSignal,
    onReloadSignal,
    isProcessAlive,
    get process() {
      return identities().own;
    },
    userName,
    hasEnded: (other) => identities().hasEnded(other),
    killGroup,
    neverWaitForTerminal: () => {
      for (const handle of outputHandles()) handle.setBlocking?.(false);
    },
    abandonOutput: () => {
      for (const handle of outputHandles()) handle.close?.();
    },
    outputFailure: async () => {
      // Streams report an error one turn after the write.
      await new Promise(setImmediate);
      return failure;
    },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Node throws for a user without an entry, as in some containers.
    return '';
  }
}

function homeFolder(): string | undefined {
  for (const read of [homedir, () => userInfo().homedir]) {
    try {
      const folder = read();
      if (isAbsolute(folder)) return folder;
    } catch {
      // Node throws when the system names none.
    }
  }
  return undefined;
}

/** The current listeners of `onStopSignal`. */
const stopListeners = new Set<unknown>();

/** The kernel drops signals that process 1 of a container does not listen to. */
function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopListeners.size === 0) process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  }
}

function onStopSignal(react: (signal: StopSignal) => void): () => void {
  const forget = () => {
    stopListeners.delete(onSignal);
    process.removeListener('SIGINT', onSignal);
    process.removeListener('SIGTERM', onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    // Deferred: another listener (a spinner that hides the cursor) ends the process when it finds
    // itself the only one.
    queueMicrotask(forget);
    react(signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
  };
  stopListeners.add(onSignal);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return forget;
}

function onReloadSignal(react: () => void): () => void {
  const onSignal = () => {
    if (terminalIsGone()) process.kill(process.pid, 'SIGTERM');
    else react();
  };
  process.on('SIGHUP', onSignal);
  return () => process.removeListener('SIGHUP', onSignal);
}

/** Whether the terminal that started the process has been closed. */
function terminalIsGone(): boolean {
  if (!process.stdin.isTTY && !process.stdout.isTTY && !process.stderr.isTTY) return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

interface OutputHandle {
  setBlocking?(blocking: boolean): void;
  close?(): void;
}

/** Node's internal handles: the only way to make a terminal non-blocking. */
function outputHandles(): OutputHandle[] {
  const streams: { readonly _handle?: OutputHandle | null }[] = [
    process.stdout as unknown as { _handle?: OutputHandle },
    process.stderr as unknown as { _handle?: OutputHandle },
  ];
  return streams.flatMap(({ _handle }) => (_handle ? [_handle] : []));
}

async function runScript(script: URL, words: readonly string[]): Promise<number | null> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(script), ...words], { stdio: 'ignore' });
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
}

function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}
