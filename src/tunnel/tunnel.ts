import type { Clock } from '../call/clock.js';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { complaintOf } from './complaint.js';
import { type GuardedChild, startGuarded } from './guarded-child.js';
import type { TunnelPlan, TunnelProgram } from './program.js';
import type { ProbeFailure } from './proof.js';

/** Milliseconds for a program to announce its address. */
const addressTimeoutMs = 60_000;
/** Milliseconds to wait for the connection after the address. */
const connectTimeoutMs = 10_000;
/** Milliseconds between probes: until the first success, after a failure, and while it works. */
const probeEveryMs = { early: 1_000, doubtful: 10_000, well: 60_000 };
/** Consecutive failed probes before the failure is reported. */
const maxMisses = 3;
/** Milliseconds before a restart: doubled each time, up to `maxMs`. */
const restartDelay = { firstMs: 1_000, maxMs: 60_000 };

interface TunnelEvents {
  /** A probe proved that the address leads here. */
  opened(origin: URL): void;
  /** The address exists but does not reach this listener yet. */
  silent(origin: URL, failure: ProbeFailure): void;
  /** The program has ended and restarts. The address does not work meanwhile. */
  lost(reason: string): void;
}

interface TunnelOptions {
  readonly program: TunnelProgram;
  readonly host: Pick<Host, 'env' | 'cwd' | 'platform' | 'killGroup'>;
  /** Why an address does not lead to the listener; undefined when it does. */
  readonly ask: (origin: URL) => Promise<ProbeFailure | undefined>;
  readonly clock: Clock;
  readonly events: TunnelEvents;
}

/** Keeps a tunnel open until it is closed. */
export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  /** An address was announced: later failures are retried. */
  #announced = false;
  #child: GuardedChild | undefined;
  /**
   * Rejects with a problem when the first start fails to announce an address. Resolves after
   * `close`.
   */
  readonly over: Promise<void>;

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.over = this.#keepOpen();
    this.#running = this.over.catch(() => {});
  }

  /** Ends the program; resolves when it has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#child?.end();
    await this.#running;
  }

  async #keepOpen(): Promise<void> {
    const { program, clock, events } = this.#options;
    const { signal } = this.#closing;
    let delay = restartDelay.firstMs;
    for (let start = 0; !signal.aborted; start += 1) {
      const { answered, reason } = await this.#run(program.plan(start));
      if (signal.aborted) return;
      if (!this.#announced) throw problem('tunnel_not_opened', { program: program.name, reason });
      events.lost(reason);
      if (answered) delay = restartDelay.firstMs;
      await clock.wait(delay, signal);
      delay = Math.min(delay * 2, restartDelay.maxMs);
    }
  }

  /** One run of the program; resolves when it has ended. */
  async #run(plan: TunnelPlan): Promise<RunResult> {
    const { program, host, clock } = this.#options;
    const { signal } = this.#closing;
    const ended = new AbortController();
    const addressed = new AbortController();
    const connected = new AbortController();
    let origin = plan.origin;
    const child = startGuarded(program.file, plan.args, host, (line) => {
      const parsed = plan.read(line);
      if (parsed?.kind === 'origin') {
        origin = parsed.origin;
        addressed.abort();
      }
      if (parsed?.kind === 'connected') connected.abort();
    });
    this.#child = child;
    void child.ended.then(() => ended.abort());
    const over = AbortSignal.any([ended.signal, signal]);
    if (!origin) await clock.wait(addressTimeoutMs, AbortSignal.any([over, addressed.signal]));
    let answered = false;
    if (origin && !over.aborted) {
      if (plan.announcesConnection) {
        await clock.wait(connectTimeoutMs, AbortSignal.any([over, connected.signal]));
      }
      answered = await this.#watch(origin, over);
    }
    const silent = !ended.signal.aborted && !signal.aborted;
    if (silent) await child.end();
    const lines = await child.ended;
    const reason = silent
      ? `it printed no address within ${addressTimeoutMs / 1000} s`
      : (complaintOf(lines) ?? 'it ended without a message');
    return { answered, reason };
  }

  /** Probes the address until the program has ended. Returns whether a probe ever succeeded. */
  async #watch(origin: URL, over: AbortSignal): Promise<boolean> {
    const { program, ask, clock, events } = this.#options;
    const begun = clock.now();
    let state: 'new' | 'open' | 'silent' = 'new';
    let misses = 0;
    let answered = false;
    while (!over.aborted) {
      const failure = await ask(origin);
      if (over.aborted) break;
      if (failure === undefined) {
        misses = 0;
        answered = true;
        this.#announced = true;
        if (state !== 'open') events.opened(origin);
        state = 'open';
      } else {
        misses += 1;
        const waited = clock.now() - begun >= program.graceMs;
        if (
          state === 'open'
            ? misses >= maxMisses
            : state === 'new' && (waited || failure.isPermanent)
        ) {
          this.#announced = true;
          state = 'silent';
          events.silent(origin, failure);
        }
      }
      await clock.wait(pauseOf(state, misses), over);
    }
    return answered;
  }
}

interface RunResult {
  /** Whether its address was ever proven. */
  readonly answered: boolean;
  readonly reason: string;
}

function pauseOf(state: 'new' | 'open' | 'silent', misses: number): number {
  if (state === 'new') return probeEveryMs.early;
  return misses > 0 ? probeEveryMs.doubtful : probeEveryMs.well;
}
