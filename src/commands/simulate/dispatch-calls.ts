import { setImmediate } from 'node:timers/promises';
import type { EventBuilder } from '../../journeys/build-events.js';
import { RuledWebhooks } from '../../journeys/call-rules.js';
import { type RunCall, runCalls } from '../../journeys/plan-run.js';
import { RunLedger } from '../../journeys/run-ledger.js';
import { createFunnel } from '../../journeys/walk-contact.js';
import { eventKey } from '../../payload/event-key.js';
import type { Simulation } from './options.js';
import type { TruthFile } from './truth-file.js';

/** A call that is due. */
export interface DueCall extends RunCall {
  /** From 1, also for calls that were not sent. */
  readonly number: number;
  /** When it is sent, in milliseconds of the run: later than planned for a retry. */
  readonly at: number;
  readonly retried: number;
  /** Whether an earlier try was sent. */
  readonly wasSent: boolean;
}

interface Waiting extends Omit<DueCall, 'number'> {}

/** The number of unsent calls after which signals are handled. */
const callsPerTurn = 100;

/**
 * The calls of a run under its rules: what is sent when, and what became of each event. Without
 * rules, every planned call is sent once.
 */
export class CallDispatch {
  readonly funnel;
  readonly ledger: RunLedger;
  readonly webhooks: RuledWebhooks | undefined;
  readonly #simulation: Simulation;
  readonly #truth: TruthFile | undefined;
  readonly #now: () => number;
  readonly #retries: Waiting[] = [];
  /** Whether an event repeats an earlier one, of calls in flight. */
  readonly #repeats = new Map<number, readonly boolean[]>();
  #calls = 0;
  #sent = 0;
  #stopped = false;
  #changed = () => {};

  constructor(
    simulation: Simulation,
    {
      truth,
      now,
      events,
    }: {
      readonly truth?: TruthFile | undefined;
      readonly now: () => number;
      readonly events: EventBuilder;
    },
  ) {
    const { panel, sharedContacts } = simulation;
    this.ledger = new RunLedger((sending) =>
      sharedContacts.has(sending.contact) ? eventKey(panel, events.build(sending)).key : undefined,
    );
    this.#simulation = simulation;
    this.#truth = truth;
    this.#now = now;
    this.funnel = createFunnel(simulation.journey);
    this.webhooks = simulation.rules && new RuledWebhooks(simulation.rules);
  }

  /** The number of calls that were sent, retries included. */
  get calls(): number {
    return this.#sent;
  }

  /**
   * The calls to send, in order. With rules, the next call waits until fewer than `concurrency` are
   * in flight, since their answers decide about it.
   */
  async *due(concurrency: number): AsyncGenerator<DueCall> {
    const planned = runCalls(this.#simulation.plan, this.funnel);
    let next = planned.next();
    for (let unsent = 0; !this.#stopped; ) {
      if (this.webhooks) await this.#below(concurrency);
      const retry = this.#retries[0];
      let call: Waiting;
      if (retry && (next.done || retry.at <= next.value.at)) {
        this.#retries.shift();
        call = retry;
      } else if (!next.done) {
        call = { ...next.value, retried: 0, wasSent: false };
        next = planned.next();
      } else if (this.webhooks && this.#repeats.size > 0) {
        // A call in flight may need a retry.
        await this.#below(this.#repeats.size);
        continue;
      } else return;
      const due = { ...call, number: ++this.#calls };
      const refusal = this.webhooks?.refusal(call.label, call.at);
      if (refusal === undefined) {
        yield due;
        continue;
      }
      if (refusal === 'disabled' || !this.#retry(due, call.wasSent)) this.#omit(due, refusal);
      unsent += 1;
      if (unsent % callsPerTurn === 0) await setImmediate();
    }
  }

  /** Counts a call as it is sent. A run that stops drops the call that it asked for last. */
  started(call: DueCall): void {
    this.#sent += 1;
    const repeats = call.sendings.map((each) => this.ledger.sent(each, call.wasSent));
    this.#repeats.set(call.number, repeats);
  }

  /** Takes the answer to a call; `status` is null without one. */
  answered(call: DueCall, status: number | null, reason: string | null): void {
    const repeats = this.#repeats.get(call.number) ?? [];
    this.#repeats.delete(call.number);
    const isOk = status === 200;
    if (isOk) this.webhooks?.succeeded(call.label);
    if (isOk || !this.#retry(call, true)) {
      for (const each of call.sendings) this.ledger.settled(each, isOk ? 'stored' : 'unconfirmed');
    }
    this.#record(call, repeats, status, reason);
    this.#changed();
  }

  /** Starts no further call. */
  stop(): void {
    this.#stopped = true;
    this.#changed();
  }

  /** Counts what a stopped run left open. */
  finish(): void {
    for (const call of this.#retries.splice(0)) {
      for (const each of call.sendings) {
        this.ledger.settled(each, call.wasSent ? 'unconfirmed' : 'outage');
      }
    }
    this.ledger.stop();
  }

  /** Whether the failed call is retried later. */
  #retry(call: DueCall, wasSent: boolean): boolean {
    const at = this.webhooks?.failed(call.label, call.at, call.retried);
    if (at === undefined) return false;
    const { number: _, ...rest } = call;
    const waiting = { ...rest, at, retried: call.retried + 1, wasSent };
    const later = this.#retries.findIndex((each) => each.at > at);
    this.#retries.splice(later === -1 ? this.#retries.length : later, 0, waiting);
    return true;
  }

  #omit(call: DueCall, refusal: 'outage' | 'disabled'): void {
    for (const each of call.sendings) {
      this.ledger.settled(each, call.wasSent ? 'unconfirmed' : refusal);
    }
    this.#record(call, [], null, refusal);
  }

  #record(
    call: DueCall,
    repeats: readonly boolean[],
    status: number | null,
    reason: string | null,
  ): void {
    const events = call.sendings.map((sending, index) => ({
      sending,
      repeat: repeats[index] ?? false,
    }));
    this.#truth?.add(events, { call: call.number, time: this.#now(), status, reason });
  }

  async #below(inFlight: number): Promise<void> {
    while (this.#repeats.size >= inFlight && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}
