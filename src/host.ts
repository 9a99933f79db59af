import { homedir } from 'node:os';

/** What a process is, as a value: the only place that reads `process`. Tests bring their own. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Milliseconds since 1970. */
  now(): number;
  randomBytes(count: number): Uint8Array;
  /**
   * Calls `react` at the first SIGINT or SIGTERM. From then on signals do again what they do by
   * default, so a second one stops the process. Returns a function that takes the wish back.
   */
  onStopSignal(react: (signal: StopSignal) => void): () => void;
  processLives(pid: number): boolean;
  /** The error that a write to stdout ended with, other than a reader that went away. */
  outputFailure(): Error | undefined;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean };
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

export function processHost(): Host {
  let failure: Error | undefined;
  // A reader that goes away (`| head`) is no error of ours: what is left to say is dropped.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= error;
  });
  process.stderr.on('error', () => {});
  return {
    env: process.env,
    cwd: process.cwd(),
    pid: process.pid,
    platform: process.platform,
    homeFolder: homedir(),
    // Touching `process.stdin` opens it, which costs start-up time.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
    // node:crypto would cost every command its time.
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    onStopSignal,
    processLives,
    outputFailure: () => failure,
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

function processLives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
