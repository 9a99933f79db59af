import { clearLine, cursorTo, type Direction, moveCursor } from 'node:readline';
import { PassThrough } from 'node:stream';
import { type Host, processHost, type StopSignal } from '../../src/host.js';
import { main } from '../../src/main.js';

const real = processHost();

export interface RunOptions {
  readonly env?: Record<string, string>;
  /** What stdin holds. */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly userId?: number;
  /** The home folder; undefined: the system names none. */
  readonly home?: string | undefined;
  /** All three streams are terminals, without colour unless `env` says so. */
  readonly terminal?: boolean;
  /** How wide they are. */
  readonly columns?: number;
  readonly now?: () => number;
}

export interface Finished {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A command line running in this process. */
export interface Running {
  readonly host: Host;
  /** Resolves with the first line of stdout or stderr that matches. */
  line(pattern: RegExp): Promise<RegExpMatchArray>;
  /** What stdout and stderr have taken so far. */
  written(): readonly [out: string, err: string];
  /** Types into stdin. */
  type(text: string): void;
  signal(signal?: StopSignal): void;
  /** SIGHUP. */
  reload(): void;
  readonly finished: Promise<Finished>;
}

/** Runs a whole command line in this process and waits for its end. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return start(argv, options).finished;
}

/** Starts a command line in this process; what it printed so far can be awaited. */
export function start(argv: readonly string[], options: RunOptions = {}): Running {
  const terminal = options.terminal === true;
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal, setRawMode: () => {} });
  if (options.input !== undefined) stdin.end(options.input);
  else if (!terminal) stdin.end();
  const stdout = new Recorder(terminal, options.columns);
  const stderr = new Recorder(terminal, options.columns);
  const listeners = new Set<(signal: StopSignal) => void>();
  const reloaders = new Set<() => void>();
  const host: Host = {
    env: { ...(terminal && { NO_COLOR: '1' }), ...options.env },
    cwd: options.cwd ?? process.cwd(),
    pid: process.pid,
    // A process for each would take longer than the test.
    runScript: async () => null,
    userId: options.userId ?? process.geteuid?.(),
    platform: process.platform,
    homeFolder: 'home' in options ? options.home : '/nonexistent',
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    bootId: () => 'b0a7',
    now: options.now ?? Date.now,
    monotonic: real.monotonic,
    process: real.process,
    hasEnded: real.hasEnded,
    userName: () => 'asha',
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    onStopSignal(react) {
      listeners.add(react);
      return () => listeners.delete(react);
    },
    onReloadSignal(react) {
      reloaders.add(react);
      return () => reloaders.delete(react);
    },
    neverWaitForTerminal: () => {},
    abandonOutput: () => {},
    isProcessAlive: (pid) => pid === process.pid,
    killGroup: () => {},
    outputFailure: () => Promise.resolve(undefined),
  };
  const finished = main(argv, host).then((exit) => ({ exit, out: stdout.text, err: stderr.text }));
  return {
    host,
    line: (pattern) =>
      Promise.race([
        stdout.line(pattern),
        stderr.line(pattern),
        finished.then((end) => {
          const match = pattern.exec(`${end.out}${end.err}`);
          if (match) return match;
          throw new Error(`Ended with ${end.exit} before ${pattern}:\n${end.out}\n${end.err}`);
        }),
      ]),
    written: () => [stdout.text, stderr.text],
    type: (text) => void stdin.write(text),
    signal(signal = 'SIGINT') {
      for (const react of [...listeners]) {
        listeners.delete(react);
        react(signal);
      }
    },
    reload() {
      for (const react of reloaders) react();
    },
    finished,
  };
}

class Recorder {
  text = '';
  readonly stream: PassThrough & { isTTY: boolean; columns: number };
  readonly #waiting = new Set<() => void>();

  constructor(isTTY: boolean, columns = 100) {
    const stream = new PassThrough();
    this.stream = Object.assign(stream, {
      isTTY,
      columns,
      // What spinners call on a terminal.
      cursorTo: (column: number) => cursorTo(stream, column),
      moveCursor: (columns: number, rows: number) => moveCursor(stream, columns, rows),
      clearLine: (direction: Direction) => clearLine(stream, direction),
    });
    this.stream.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('utf8');
      for (const wake of this.#waiting) wake();
    });
  }

  line(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve) => {
      const look = () => {
        const match = this.text
          .split('\n')
          .map((line) => pattern.exec(line))
          .find(Boolean);
        if (!match) return;
        this.#waiting.delete(look);
        resolve(match);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
