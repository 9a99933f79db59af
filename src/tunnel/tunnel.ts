import type { Clock } from '../call/clock.js';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { complaintOf } from './complaint.js';
import { type GuardedChild, startGuarded } from './guarded-child.js';
import type { TunnelPlan, TunnelProgram } from './program.js';
import type { Doubt } from './proof.js';

/** How long a program may take to tell its address, in milliseconds. */
const addressTime = 60_000;
/** How long to wait for the word that the way is open once there is an address. */
const connectTime = 10_000;
/** How often an address is asked: until it answers, then to see that it still does, in milliseconds. */
const pauses = { early: 1_000, doubtful: 10_000, well: 60_000 };
/** How many answers in a row may be missing before that is told. */
const maxMisses = 3;
/** The delay before another start, in milliseconds: doubled each time, up to the second. */
const restartDelay = { first: 1_000, longest: 60_000 };

/** What a tunnel does, as it happens. */
interface TunnelEvents {
  /** Its address was proven to lead here. */
  opened(origin: URL): void;
  /** It has an address, and that does not reach this listener yet. */
  silent(origin: URL, doubt: Doubt): void;
  /** Its program has ended, and is started again. Nothing leads here meanwhile. */
  lost(reason: string): void;
}

interface TunnelOptions {
  readonly program: TunnelProgram;
  readonly host: Pick<Host, 'env' | 'cwd' | 'platform' | 'killGroup'>;
  /** Why an address does not lead to the listener; undefined: it does. */
  readonly ask: (origin: URL) => Promise<Doubt | undefined>;
  readonly clock: Clock;
  readonly events: TunnelEvents;
}

/** Keeps a tunnel open until it is closed. */
export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  /** An address was told of: from now on what fails is tried again. */
  #told = false;
  #child: GuardedChild | undefined;
  /**
   * Rejects with a problem when the first start brings no address, or ends before one was told of.
   * Resolves when the tunnel was closed.
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
    let delay = restartDelay.first;
    for (let start = 0; !signal.aborted; start += 1) {
      const { answered, reason } = await this.#run(program.plan(start));
      if (signal.aborted) return;
      if (!this.#told) throw problem('tunnel_not_opened', { program: program.name, reason });
      events.lost(reason);
      if (answered) delay = restartDelay.first;
      await clock.wait(delay, signal);
      delay = Math.min(delay * 2, restartDelay.longest);
    }
  }

  /** One life of the program; resolves when it has ended. */
  async #run(plan: TunnelPlan): Promise<Life> {
    const { program, host, clock } = this.#options;
    const { signal } = this.#closing;
    const ended = new AbortController();
    const addressed = new AbortController();
    const connected = new AbortController();
    let origin = plan.origin;
    const child = startGuarded(program.file, plan.args, host, (line) => {
      const told = plan.read(line);
      if (told?.kind === 'origin') {
        origin = told.origin;
        addressed.abort();
      }
      if (told?.kind === 'connected') connected.abort();
    });
    this.#child = child;
    void child.ended.then(() => ended.abort());
    const over = AbortSignal.any([ended.signal, signal]);
    if (!origin) await clock.wait(addressTime, AbortSignal.any([over, addressed.signal]));
    let answered = false;
    if (origin && !over.aborted) {
      if (plan.tellsConnection) {
        await clock.wait(connectTime, AbortSignal.any([over, connected.signal]));
      }
      answered = await this.#watch(origin, over);
    }
    const silent = !ended.signal.aborted && !signal.aborted;
    if (silent) await child.end();
    const lines = await child.ended;
    const reason = silent
      ? `it printed no address within ${addressTime / 1000} s`
      : (complaintOf(lines) ?? 'it ended without a word');
    return { answered, reason };
  }

  /** Asks whether the address leads here until the program has ended; whether it ever did. */
  async #watch(origin: URL, over: AbortSignal): Promise<boolean> {
    const { program, ask, clock, events } = this.#options;
    const begun = clock.now();
    let state: 'new' | 'open' | 'silent' = 'new';
    let misses = 0;
    let answered = false;
    while (!over.aborted) {
      const doubt = await ask(origin);
      if (over.aborted) break;
      if (doubt === undefined) {
        misses = 0;
        answered = true;
        this.#told = true;
        if (state !== 'open') events.opened(origin);
        state = 'open';
      } else {
        misses += 1;
        const waited = clock.now() - begun >= program.patience;
        if (state === 'open' ? misses >= maxMisses : state === 'new' && (waited || doubt.lasting)) {
          this.#told = true;
          state = 'silent';
          events.silent(origin, doubt);
        }
      }
      await clock.wait(pauseOf(state, misses), over);
    }
    return answered;
  }
}

/** How a start of the program went. */
interface Life {
  /** Whether its address was ever proven. */
  readonly answered: boolean;
  readonly reason: string;
}

function pauseOf(state: 'new' | 'open' | 'silent', misses: number): number {
  if (state === 'new') return pauses.early;
  return misses > 0 ? pauses.doubtful : pauses.well;
}
