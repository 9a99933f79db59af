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
import { decideFate, type Fate, judgeAttempt, type RetryLimits, type Verdict } from './fate.js';
import { type ForwardFilter, findSkipReason } from './forward-filter.js';
import { type ForwardTarget, planForward } from './plan-forward.js';
import type { Decision, Queue, QueuedCall, QueueWorker } from './queue.js';
import { countRefusals } from './refusals.js';

export interface ForwarderOptions extends RetryLimits {
  readonly filter: ForwardFilter;
  /** The maximum number of calls in flight. */
  readonly concurrency: number;
  /** The maximum number of attempts per second. Undefined: unlimited. */
  readonly rate: number | undefined;
  /** See WorkOptions. */
  readonly ordered: boolean;
}

interface ForwarderParts {
  readonly queue: Queue;
  /** The caller closes it after the forwarder. */
  readonly sender: Sender;
  readonly target: ForwardTarget;
  readonly options: ForwarderOptions;
  /** True: sends nothing before `setPaused(false)`. */
  readonly paused?: boolean;
  /** Times the breaker and the rate. */
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Returns numbers from 0 to 1. */
  readonly random: () => number;
  /** Must not throw. */
  readonly emit: (news: ForwarderNews) => void;
}

/** An event of a forwarder. Times are milliseconds since 1970. */
export type ForwarderNews =
  | {
      readonly kind: 'attempt';
      readonly call: QueuedCall;
      /** The number of this attempt, from 1. */
      readonly number: number;
      readonly attempt: DeliveryAttempt;
      /** See Attempt. */
      readonly reconnected: true | undefined;
      readonly fate: Fate;
    }
  | { readonly kind: 'skipped'; readonly call: QueuedCall; readonly reason: SkipReason }
  | {
      readonly kind: 'breaker_opened';
      readonly time: number;
      readonly cause: OpenBreaker['cause'];
      /** The last attempt. */
      readonly attempt: DeliveryAttempt;
    }
  | { readonly kind: 'breaker_closed'; readonly time: number; readonly since: number }
  | { readonly kind: 'queue_failed'; readonly error: unknown }
  | { readonly kind: 'queue_recovered' };

/** Forwards the calls of a queue to one URL until it is closed. */
export interface Forwarder {
  state(): ForwarderState;
  /** Calls in flight finish. A paused forwarder keeps the state of its breaker. */
  setPaused(paused: boolean): void;
  /**
   * Sends no further calls, and waits at most `graceMs` for those in flight. The rest stays in the queue. Never
   * rejects.
   */
  close(graceMs?: number): Promise<void>;
}

/** Counts since the start, and the state of the breaker. */
interface ForwarderState {
  readonly attempts: number;
  readonly delivered: number;
  readonly dead: number;
  readonly skipped: number;
  /** When the breaker opened, in milliseconds since 1970. null: it is closed. */
  readonly openSince: number | null;
  readonly paused: boolean;
}

type Phase =
  /** `waits` ends the waits for the rate and for probes. */
  | { readonly kind: 'running'; readonly waits: AbortController }
  /** No call is sent. Those in flight may finish. */
  | { readonly kind: 'draining' }
  /** Answers are ignored, since the worker accepts no further decisions. */
  | { readonly kind: 'closed' };

/** An open breaker, from its opening to its closing. */
interface Outage {
  /** In milliseconds since 1970. */
  readonly since: number;
  /** The same by the clock. */
  readonly openedAt: number;
  readonly announced: boolean;
}

/** After a longer outage, all delayed calls are due at once. */
const hurryAfterMs = 10_000;
/** A shorter outage is not announced. */
const announcedAfterMs = 1_000;
const defaultShutdownGraceMs = 8_000;

export function startForwarder(parts: ForwarderParts): Forwarder {
  return new QueueForwarder(parts);
}

class QueueForwarder implements Forwarder {
  readonly #parts: ForwarderParts;
  readonly #worker: QueueWorker;
  #phase: Phase = { kind: 'running', waits: createWaits() };
  #isPaused: boolean;
  /** How many calls the breaker lets pass at a time. */
  #slots: number;
  #breaker: Breaker = closedBreaker;
  /** Undefined: the breaker is closed. */
  #outage: Outage | undefined;
  readonly #refusals = countRefusals();
  #counts = { attempts: 0, delivered: 0, dead: 0, skipped: 0 };
  /** When the rate admits the next attempt, by the clock. */
  #nextSendAt = 0;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
    const { concurrency, ordered } = parts.options;
    this.#isPaused = parts.paused ?? false;
    this.#slots = concurrency;
    this.#worker = parts.queue.work((call) => this.#deliver(call), {
      slots: this.#isPaused ? 0 : concurrency,
      ordered,
      failed: this.#queueFailed,
      recovered: () => parts.emit({ kind: 'queue_recovered' }),
    });
  }

  state(): ForwarderState {
    const openSince = this.#outage?.since ?? null;
    return { ...this.#counts, openSince, paused: this.#isPaused };
  }

  setPaused(paused: boolean): void {
    if (paused === this.#isPaused || this.#phase.kind !== 'running') return;
    this.#isPaused = paused;
    this.#allow(this.#slots);
  }

  async close(graceMs = defaultShutdownGraceMs): Promise<void> {
    if (this.#phase.kind === 'running') {
      this.#phase.waits.abort();
      this.#phase = { kind: 'draining' };
    }
    await this.#worker.close(graceMs).catch(this.#queueFailed);
    this.#phase = { kind: 'closed' };
  }

  async #deliver(call: QueuedCall): Promise<Decision> {
    const { clock, emit, options } = this.#parts;
    const takenAt = clock.now();
    const reason = await findSkipReason(call, options.filter);
    if (reason !== undefined) {
      this.#counts.skipped += 1;
      emit({ kind: 'skipped', call, reason });
      return { state: 'skipped', reason };
    }
    if (this.#isPaused || !mayPass(this.#breaker, clock.now())) return { state: 'waiting' };
    this.#breaker = passing(this.#breaker, call.capture.id);
    const isProbe = this.#breaker.kind === 'open';
    await this.#awaitRate();
    const hasOpened = this.#breaker.kind === 'open' && !isProbe;
    if (hasOpened || this.#isPaused || this.#phase.kind !== 'running') return { state: 'waiting' };
    return this.#attempt(call, takenAt);
  }

  /** Waits until the rate admits another attempt. */
  async #awaitRate(): Promise<void> {
    const { clock, options } = this.#parts;
    if (options.rate === undefined || this.#phase.kind !== 'running') return;
    const sendAt = Math.max(clock.now(), this.#nextSendAt);
    this.#nextSendAt = sendAt + 1000 / options.rate;
    await clock.wait(sendAt - clock.now(), this.#phase.waits.signal);
  }

  /** Sends a call, and updates the breaker and the counts. */
  async #attempt(call: QueuedCall, takenAt: number): Promise<Decision> {
    const { clock, now, random, options, emit } = this.#parts;
    const { id } = call.capture;
    const number = call.tries + 1;
    const { url, sent } = await this.#send(call, number);
    // An attempt that was aborted by closing does not show how the handler works.
    if (this.#phase.kind === 'closed') return { state: 'waiting' };
    const attempt = storedAttempt(sent, url, now());
    const verdict = judgeAttempt(sent, now());
    const before = this.#breaker;
    // In order, only the first call can be tried, so that its retries have to count.
    const counts = options.ordered || call.tries === 0;
    this.#breaker = afterAttempt(before, { call: id, counts, verdict }, clock.now(), random);
    const fate = this.#decideFate(call, verdict, before, takenAt);
    this.#count(id, fate);
    emit({ kind: 'attempt', call, number, attempt, reconnected: sent.reconnected, fate });
    if (before.kind === 'closed' && isRefusing(this.#breaker)) {
      this.#pardon([...before.refused, id]);
    }
    this.#breakerChanged(before, attempt);
    return fate.kind === 'delayed'
      ? { state: 'delayed', due: fate.due, attempt }
      : { state: fate.kind, attempt };
  }

  /** Never rejects: a call that cannot be built must not be retried in a busy loop. */
  async #send(call: QueuedCall, number: number): Promise<{ url: URL; sent: Attempt }> {
    const { sender, target } = this.#parts;
    try {
      const outgoing = planForward(call, number, target);
      return { url: outgoing.url, sent: await sender.send(outgoing) };
    } catch (error) {
      const reason = `The call could not be made: ${plainReason(error)}.`;
      return { url: target.url, sent: { kind: 'failed', code: 'failed', reason, ms: 0 } };
    }
  }

  /** `before`: the breaker before this attempt. */
  #decideFate(call: QueuedCall, verdict: Verdict, before: Breaker, takenAt: number): Fate {
    const { clock, now, random, options } = this.#parts;
    const breaker = this.#breaker;
    const waitedMs = call.waitedMs + clock.now() - takenAt;
    return decideFate({ ...call, waitedMs }, verdict, options, {
      now: now(),
      nextProbe: breaker.kind === 'open' ? now() + breaker.probeAt - clock.now() : undefined,
      triesCount: before.kind === 'closed' || before.probe === call.capture.id,
      refusals: this.#refusals.count(call, verdict, isRefusing(breaker)),
      random,
    });
  }

  #count(id: string, fate: Fate): void {
    this.#counts.attempts += 1;
    if (fate.kind === 'delayed') return;
    this.#counts[fate.kind] += 1;
    this.#refusals.forget(id);
    if (fate.kind === 'delivered') this.#refusals.accepted();
    if (fate.kind === 'dead' && fate.why === 'refused') this.#refusals.died(id);
  }

  /** The handler refuses every call, so that calls which died of refusals are retried. */
  #pardon(refused: readonly string[]): void {
    const retried = this.#refusals.pardon(refused);
    if (retried.length === 0) return;
    this.#counts.dead -= retried.length;
    this.#worker.revive(retried).catch(this.#queueFailed);
  }

  /** Lets the worker take as many calls as may pass now, and announces a change. */
  #breakerChanged(before: Breaker, attempt: DeliveryAttempt): void {
    const breaker = this.#breaker;
    if (breaker === before) return;
    if (breaker.kind === 'closed') {
      if (before.kind === 'open') this.#breakerClosed();
      return;
    }
    const { clock, now } = this.#parts;
    this.#outage ??= { since: now(), openedAt: clock.now(), announced: false };
    if (before.kind === 'closed') this.#giveBackWaiting();
    this.#outage = this.#announce(this.#outage, breaker, attempt);
    this.#allow(0);
    if (breaker.probe === undefined) void this.#allowProbe(breaker);
  }

  #breakerClosed(): void {
    const { clock, now, options, emit } = this.#parts;
    const outage = this.#outage;
    this.#outage = undefined;
    if (outage?.announced) emit({ kind: 'breaker_closed', time: now(), since: outage.since });
    if (this.#phase.kind !== 'running') return;
    this.#allow(options.concurrency);
    // After a short outage, calls are delayed no longer than usual.
    if (!outage || clock.now() - outage.openedAt < hurryAfterMs) return;
    this.#worker.hurry().catch(this.#queueFailed);
  }

  /** A handler that fails some calls opens the breaker for moments, which are not announced. */
  #announce(
    outage: Outage,
    { cause, firstPauseMs }: OpenBreaker,
    attempt: DeliveryAttempt,
  ): Outage {
    const { clock, emit } = this.#parts;
    const openMs = clock.now() - outage.openedAt;
    if (outage.announced || openMs + firstPauseMs < announcedAfterMs) return outage;
    emit({ kind: 'breaker_opened', time: outage.since, cause, attempt });
    return { ...outage, announced: true };
  }

  /** Lets one call pass when the breaker's pause is over. */
  async #allowProbe(opened: OpenBreaker): Promise<void> {
    const { clock } = this.#parts;
    if (this.#phase.kind !== 'running') return;
    const { signal } = this.#phase.waits;
    // A timer may fire slightly early, and the call would not pass.
    while (clock.now() < opened.probeAt && !signal.aborted) {
      await clock.wait(Math.ceil(opened.probeAt - clock.now()), signal);
    }
    if (this.#breaker === opened && this.#phase.kind === 'running') this.#allow(1);
  }

  #allow(slots: number): void {
    this.#slots = slots;
    this.#worker.allow(this.#isPaused ? 0 : slots);
  }

  /** Calls that wait for the rate would keep the slot and the turn from the probe. */
  #giveBackWaiting(): void {
    const { clock, options } = this.#parts;
    if (this.#phase.kind !== 'running') return;
    this.#phase.waits.abort();
    this.#phase = { kind: 'running', waits: createWaits() };
    if (options.rate !== undefined) this.#nextSendAt = clock.now() + 1000 / options.rate;
  }

  readonly #queueFailed = (error: unknown) => this.#parts.emit({ kind: 'queue_failed', error });
}

function createWaits(): AbortController {
  const controller = new AbortController();
  // Each call that waits for the rate adds a listener.
  setMaxListeners(0, controller.signal);
  return controller;
}

/** An attempt as it is stored with its call. */
function storedAttempt(attempt: Attempt, url: URL, time: number): DeliveryAttempt {
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
