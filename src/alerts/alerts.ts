import { setMaxListeners } from 'node:events';
import type { Clock } from '../call/clock.js';
import { plainReason } from '../problems/translate.js';
import { type Alert, type AlertFact, type AlertKind, wordAlert } from './alert.js';

/** Where alerts go. */
export interface AlertChannel {
  /** Like `--alert-command`. */
  readonly name: string;
  /** Resolves to why it failed, in a sentence, or to undefined. */
  deliver(alert: Alert, signal: AbortSignal): Promise<string | undefined>;
}

export interface AlertsOptions {
  readonly channels: readonly AlertChannel[];
  /** Milliseconds in which at most one alert of a kind is sent. */
  readonly every: number;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told that a channel fails, once until it works again. Must not throw. */
  readonly failed: (failure: AlertFailure) => void;
}

export interface AlertFailure {
  readonly channel: string;
  readonly reason: string;
}

/** Sends alerts, not more often than was asked for. */
export interface Alerts {
  /** Returns at once. Nothing that fails afterwards is more than told. */
  raise(fact: AlertFact): void;
  /** Sends what is held back, and lets what is under way finish within so many milliseconds. */
  close(patience?: number): Promise<void>;
}

/** What became of the alerts of a kind since its last one was sent. */
interface HeldBack {
  readonly fact: AlertFact;
  readonly time: number;
  /** How many came before it and were not sent. */
  readonly others: number;
}

const closingPatience = 2_000;

/**
 * At most one alert of a kind is sent in `every`, and one at a time. Of those that come meanwhile
 * the last is sent when the time is over, and says how many there were: what holds in the end is
 * never left untold. So no more wait at a time than there are kinds.
 */
export function startAlerts(options: AlertsOptions): Alerts {
  const { channels, every, clock, now, failed } = options;
  const resting = new Map<AlertKind, HeldBack | undefined>();
  const broken = new Set<string>();
  const closing = new AbortController();
  const stopped = new AbortController();
  // Every alert that is under way listens.
  setMaxListeners(0, stopped.signal);
  const running = new Set<Promise<void>>();

  const deliver = async (channel: AlertChannel, alert: Alert): Promise<void> => {
    const reason = await channel.deliver(alert, stopped.signal).catch(plainReason);
    if (reason === undefined) broken.delete(channel.name);
    else if (!broken.has(channel.name)) {
      broken.add(channel.name);
      failed({ channel: channel.name, reason });
    }
  };

  /** Sends an alert, then whatever came of its kind meanwhile, until there was nothing. */
  const sendKind = async (first: HeldBack): Promise<void> => {
    let next: HeldBack | undefined = first;
    while (next !== undefined) {
      const { fact, time, others }: HeldBack = next;
      resting.set(fact.kind, undefined);
      const alert = wordAlert(fact, time, others);
      const rest = clock.wait(every, closing.signal);
      await Promise.all(channels.map((channel) => deliver(channel, alert)));
      await rest;
      next = resting.get(fact.kind);
      if (next === undefined) resting.delete(fact.kind);
    }
  };

  return {
    raise(fact) {
      if (channels.length === 0 || closing.signal.aborted) return;
      const held = resting.get(fact.kind);
      const others = held === undefined ? 0 : held.others + 1;
      const next = { fact, time: now(), others };
      if (resting.has(fact.kind)) {
        resting.set(fact.kind, next);
        return;
      }
      const run = sendKind(next);
      running.add(run);
      void run.then(() => running.delete(run));
    },
    async close(patience = closingPatience) {
      closing.abort();
      const done = new AbortController();
      const patient = clock.wait(patience, done.signal).then(() => stopped.abort());
      await Promise.all(running);
      done.abort();
      await patient;
    },
  };
}
