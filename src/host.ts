import { closeSync, openSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ProcessIdentities, processIdentities } from './process-identities.js';
import type { ProcessIdentity } from './process-identity.js';

/** What a process is, as a value: the only place that reads `process`. Tests bring their own. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  /** Whose process it is; undefined where users have no numbers. */
  readonly userId: number | undefined;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Changes with every start of the machine, containers included; empty where the platform has none. */
  bootId(): string;
  /**
   * Runs a script in a process of its own, with the Node that runs this one, and resolves to its exit
   * code; null: it could not be run, or was killed.
   */
  runScript(script: URL, words: readonly string[]): Promise<number | null>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of the monotonic clock, which all processes since the boot of this machine share. */
  monotonic(): number;
  randomBytes(count: number): Uint8Array;
  /**
   * Calls `react` at the first SIGINT or SIGTERM. From then on signals do again what they do by
   * default, so a second one stops the process. Returns a function that takes the wish back.
   */
  onStopSignal(react: (signal: StopSignal) => void): () => void;
  /**
   * Calls `react` at every SIGHUP but the one that a closing terminal sends: that one stops the
   * process. Returns a function that takes the wish back.
   */
  onReloadSignal(react: () => void): () => void;
  processLives(pid: number): boolean;
  /** This process, among all that may share a store. */
  readonly process: ProcessIdentity;
  /** Whether a process is known to have ended. */
  hasEnded(process: ProcessIdentity): boolean;
  /** Kills a process that leads a group, and all that it started. Not on Windows. */
  killGroup(pid: number): void;
  /** From now on a terminal that takes no more text (Ctrl-S) does not hold the process up. */
  neverWaitForTerminal(): void;
  /** Drops what the readers of stdout and stderr have not taken, so that the process can end. */
  abandonOutput(): void;
  /** The error of a write to stdout so far, other than a reader that has closed the pipe. */
  outputFailure(): Promise<Error | undefined>;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean };
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** How much was written and not taken yet. */
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
};

export function processHost(): Host {
  let failure: Error | undefined;
  // A reader that goes away (`| head`) is no error of ours: what is left to say is dropped.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= error;
  });
  process.stderr.on('error', () => {});
  let known: ProcessIdentities | undefined;
  const identities = () => {
    const { pid, platform } = process;
    known ??= processIdentities({ pid, platform, processLives });
    return known;
  };
  return {
    env: process.env,
    // It can be gone, and that is told like any other problem: where somebody asks for it.
    get cwd() {
      return process.cwd();
    },
    pid: process.pid,
    userId: process.geteuid?.(),
    platform: process.platform,
    homeFolder: homedir(),
    // Touching `process.stdin` opens it, which costs start-up time.
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
    processLives,
    get process() {
      return identities().own;
    },
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

function onStopSignal(react: (signal: StopSignal) => void): () => void {
  const forget = () => {
    process.removeListener('SIGINT', heard);
    process.removeListener('SIGTERM', heard);
  };
  const heard = (signal: NodeJS.Signals) => {
    // Not at once: whoever else listens (a spinner that hid the cursor) ends the process when it
    // finds itself alone.
    queueMicrotask(forget);
    react(signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
  };
  process.on('SIGINT', heard);
  process.on('SIGTERM', heard);
  return forget;
}

function onReloadSignal(react: () => void): () => void {
  const heard = () => {
    if (terminalIsGone()) process.kill(process.pid, 'SIGTERM');
    else react();
  };
  process.on('SIGHUP', heard);
  return () => process.removeListener('SIGHUP', heard);
}

/** Whether the process was started on a terminal that has been closed since. */
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

/** What lies below the streams: the only way to a terminal that does not block. */
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

function processLives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
