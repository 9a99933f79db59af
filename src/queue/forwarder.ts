import { setMaxListeners } from 'node:events';
import { answerReason } from '../call/answer-reason.js';
import { answerText } from '../call/answer-text.js';
import type { Attempt, Sender } from '../call/attempt.js';
import type { Clock } from '../call/clock.js';
import type { DeliveryAttempt, SkipReason } from '../call/delivery.js';
import { plainReason } from '../problems/translate.js';
import {
  afterAttempt,
  type Breaker,
  closedBreaker,
  isRefusing,
  mayPass,
  type OpenBreaker,
  passing,
} from './breaker.js';
import { decideFate, type Fate, type Perseverance } from './decide-fate.js';
import { type ForwardFilter, findSkipReason } from './forward-filter.js';
import { judgeAttempt } from './judge-attempt.js';
import { type ForwardTarget, planForward } from './plan-forward.js';
import type { Decision, Queue, QueuedCall, QueueWorker } from './queue.js';
import { countRefusals } from './refusals.js';

export interface ForwarderOptions extends Perseverance {
  readonly filter: ForwardFilter;
  /** How many calls are sent at a time. */
  readonly concurrency: number;
  /** Calls a second, tries again included. Undefined: as fast as the handler answers. */
  readonly rate: number | undefined;
  /** See WorkOptions. */
  readonly ordered: boolean;
}

export interface ForwarderParts {
  readonly queue: Queue;
  /** Stays the caller's, who closes it after the forwarder. */
  readonly sender: Sender;
  readonly target: ForwardTarget;
  readonly options: ForwarderOptions;
  /** For what is waited for: the breaker and the rate. */
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
  /** Must not throw. */
  readonly emit: (news: ForwarderNews) => void;
}

/** What a forwarder has to tell. Times are milliseconds since 1970. */
export type ForwarderNews =
  | {
      readonly kind: 'attempt';
      readonly call: QueuedCall;
      /** Counts the tries of the call, from 1. */
      readonly number: number;
      readonly attempt: DeliveryAttempt;
      /** See Attempt. */
      readonly reconnected: true | undefined;
      readonly fate: Fate;
    }
  | { readonly kind: 'skipped'; readonly call: QueuedCall; readonly reason: SkipReason }
  /** The handler is spared from now on. */
  | {
      readonly kind: 'breaker_opened';
      readonly time: number;
      readonly cause: OpenBreaker['cause'];
      /** What the last attempt met. */
      readonly attempt: DeliveryAttempt;
    }
  | { readonly kind: 'breaker_closed'; readonly time: number; readonly since: number }
  /** The engine fails; undefined: it is well again. */
  | { readonly kind: 'trouble'; readonly error: unknown };

/** Forwards the calls of a queue to one URL until it is closed. */
export interface Forwarder {
  state(): ForwarderState;
  /**
   * Sends nothing more, and lets what is at the handler finish within so many milliseconds; the
   * rest stays in the queue. Never rejects.
   */
  close(most?: number): Promise<void>;
}

/** What was done since the start, and how the handler is. */
interface ForwarderState {
  readonly attempts: number;
  readonly delivered: number;
  readonly dead: number;
  readonly skipped: number;
  /** Since when the breaker is open, in milliseconds since 1970; null: it is closed. */
  readonly openSince: number | null;
}

/** A breaker that was open for longer makes all calls due when it closes. */
const hurryAfterMs = 10_000;
/** It is announced when it stays open for this long. */
const announcedAfterMs = 1_000;
/** How long calls that are at the handler may take to finish when the forwarder is closed. */
const closingPatience = 8_000;

export function startForwarder(parts: ForwarderParts): Forwarder {
  return new QueueForwarder(parts);
}

class QueueForwarder implements Forwarder {
  readonly #parts: ForwarderParts;
  readonly #worker: QueueWorker;
  /** Ends what is waited for: turns when the breaker opens, everything at the end. */
  #patience = patience();
  #closing = false;
  #breaker: Breaker = closedBreaker;
  #openSince: number | null = null;
  /** The same by the clock. */
  #openedAt = 0;
  /** Whether the opening of the breaker was announced. */
  #announced = false;
  readonly #refusals = countRefusals();
  #counts = { attempts: 0, delivered: 0, dead: 0, skipped: 0 };
  /** When the next call may be sent, by the clock. */
  #nextTurn = 0;
  /** Nobody takes decisions any more. */
  #over = false;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
    const { concurrency, ordered } = parts.options;
    this.#worker = parts.queue.work((call) => this.#deliver(call), {
      slots: concurrency,
      ordered,
      trouble: (error) => parts.emit({ kind: 'trouble', error }),
    });
  }

  state(): ForwarderState {
    return { ...this.#counts, openSince: this.#openSince };
  }

  async close(most = closingPatience): Promise<void> {
    this.#closing = true;
    this.#patience.abort();
    try {
      await this.#worker.close(most);
    } catch (error) {
      this.#failed(error);
    }
    this.#over = true;
  }

  async #deliver(call: QueuedCall): Promise<Decision> {
    const { clock, emit, options } = this.#parts;
    const given = clock.now();
    const reason = await findSkipReason(call, options.filter);
    if (reason !== undefined) {
      this.#counts.skipped += 1;
      emit({ kind: 'skipped', call, reason });
      return { state: 'skipped', reason };
    }
    const { id } = call.capture;
    if (!mayPass(this.#breaker, clock.now())) return { state: 'waiting' };
    this.#breaker = passing(this.#breaker, id);
    const probes = this.#breaker.kind === 'open';
    await this.#turn();
    const opened = this.#breaker.kind === 'open' && !probes;
    return opened || this.#closing ? { state: 'waiting' } : this.#try(call, given);
  }

  /** Sends a call, which was given at a time of the clock, and does what follows from it. */
  async #try(call: QueuedCall, given: number): Promise<Decision> {
    const { clock, now, random, options, emit } = this.#parts;
    const number = call.tries + 1;
    const { url, sent } = await this.#send(call, number);
    // What was cut off by the end says nothing of the handler.
    if (this.#over) return { state: 'waiting' };
    const attempt = keptAttempt(sent, url, now());
    const verdict = judgeAttempt(sent, now());
    const before = this.#breaker;
    const { id } = call.capture;
    // In order, only the first call can be tried, so that its failures have to count.
    const counts = options.ordered || call.tries === 0;
    this.#breaker = afterAttempt(before, { call: id, counts, verdict }, clock.now(), random);
    const refusing = isRefusing(this.#breaker);
    const waitedMs = call.waitedMs + clock.now() - given;
    const fate = decideFate({ ...call, waitedMs }, verdict, options, {
      now: now(),
      nextProbe:
        this.#breaker.kind === 'open' ? now() + this.#breaker.probeAt - clock.now() : undefined,
      triesCount: before.kind === 'closed' || before.probe === id,
      refusals: this.#refusals.count(call, verdict, refusing),
      random,
    });
    this.#counts.attempts += 1;
    if (fate.kind !== 'delayed') {
      this.#counts[fate.kind] += 1;
      this.#refusals.forget(id);
    }
    if (fate.kind === 'delivered') this.#refusals.taken();
    if (fate.kind === 'dead' && fate.why === 'refused') this.#refusals.gaveUp(id);
    emit({ kind: 'attempt', call, number, attempt, reconnected: sent.reconnected, fate });
    if (before.kind === 'closed' && refusing) this.#pardon([...before.refused, id]);
    this.#breakerMoved(before, attempt);
    switch (fate.kind) {
      case 'delivered':
        return { state: 'delivered', attempt };
      case 'delayed':
        return { state: 'delayed', due: fate.due, attempt };
      case 'dead':
        return { state: 'dead', attempt };
    }
  }

  /** Never rejects: a call that cannot even be made must not be tried in a tight circle. */
  async #send(call: QueuedCall, number: number): Promise<{ url: URL; sent: Attempt }> {
    const { sender, target } = this.#parts;
    try {
      const outgoing = planForward(call.capture, number, target);
      return { url: outgoing.url, sent: await sender.send(outgoing) };
    } catch (error) {
      const reason = `The call could not be made: ${plainReason(error)}.`;
      return { url: target.url, sent: { kind: 'failed', code: 'failed', reason, ms: 0 } };
    }
  }

  /** The handler refuses every call, and calls were blamed for it. */
  #pardon(refused: readonly string[]): void {
    const again = this.#refusals.pardon(refused);
    if (again.length === 0) return;
    this.#counts.dead -= again.length;
    this.#worker.revive(again).catch((error: unknown) => this.#failed(error));
  }

  /** Lets the worker take as many calls as may pass now, and announces when the breaker moves. */
  #breakerMoved(before: Breaker, attempt: DeliveryAttempt): void {
    const breaker = this.#breaker;
    if (breaker === before) return;
    if (breaker.kind === 'closed') {
      if (before.kind === 'open') this.#breakerClosed();
      return;
    }
    if (before.kind === 'closed') {
      this.#openSince = this.#parts.now();
      this.#openedAt = this.#parts.clock.now();
      this.#giveTurnsBack();
    }
    this.#announce(breaker, attempt);
    this.#worker.allow(0);
    if (breaker.probe === undefined) void this.#letProbe();
  }

  #breakerClosed(): void {
    const { clock, now, options, emit } = this.#parts;
    const since = this.#openSince ?? now();
    this.#openSince = null;
    if (this.#announced) emit({ kind: 'breaker_closed', time: now(), since });
    this.#announced = false;
    if (this.#closing) return;
    this.#worker.allow(options.concurrency);
    // What failed shortly before waits no longer than it should.
    if (clock.now() - this.#openedAt < hurryAfterMs) return;
    this.#worker.hurry().catch((error: unknown) => this.#failed(error));
  }

  /** A handler that fails now and then makes the breaker open for moments that are no news. */
  #announce({ cause, firstPauseMs }: OpenBreaker, attempt: DeliveryAttempt): void {
    const { clock, emit } = this.#parts;
    const openMs = clock.now() - this.#openedAt;
    if (this.#announced || openMs + firstPauseMs < announcedAfterMs) return;
    this.#announced = true;
    emit({ kind: 'breaker_opened', time: this.#openSince ?? 0, cause, attempt });
  }

  #failed(error: unknown): void {
    this.#parts.emit({ kind: 'trouble', error });
  }

  /** Lets one call pass when the time for it has come. */
  async #letProbe(): Promise<void> {
    const { clock } = this.#parts;
    const opened = this.#breaker;
    if (opened.kind === 'closed') return;
    const { signal } = this.#patience;
    // A timer may be a little early, and the call would not pass.
    while (clock.now() < opened.probeAt && !signal.aborted) {
      await clock.wait(Math.ceil(opened.probeAt - clock.now()), signal);
    }
    if (this.#breaker === opened && !this.#closing) this.#worker.allow(1);
  }

  /** Waits until the rate admits another call. */
  async #turn(): Promise<void> {
    const { clock, options } = this.#parts;
    if (options.rate === undefined) return;
    const turn = Math.max(clock.now(), this.#nextTurn);
    this.#nextTurn = turn + 1000 / options.rate;
    await clock.wait(turn - clock.now(), this.#patience.signal);
  }

  /** The calls that wait for their turn would keep the probe from its place, and its turn. */
  #giveTurnsBack(): void {
    const { clock, options } = this.#parts;
    this.#patience.abort();
    this.#patience = patience();
    if (options.rate !== undefined) this.#nextTurn = clock.now() + 1000 / options.rate;
  }
}

function patience(): AbortController {
  const controller = new AbortController();
  // Each call that waits for its turn listens.
  setMaxListeners(0, controller.signal);
  return controller;
}

/** An attempt as it is kept with its call. */
function keptAttempt(attempt: Attempt, url: URL, time: number): DeliveryAttempt {
  const answered = attempt.kind === 'answered';
  return {
    time,
    url: url.href,
    status: answered ? attempt.status : null,
    reason: answered ? answerReason(attempt, url) : attempt.reason,
    answer: answerText(attempt),
    ms: Math.round(attempt.ms * 100) / 100,
  };
}
