import { setMaxListeners } from 'node:events';
import type { Clock } from '../call/clock.js';
import { plainReason } from '../problems/translate.js';
import { type Alert, type AlertFact, type AlertKind, describeAlert } from './alert.js';

export interface AlertChannel {
  /** Like `--alert-command`. */
  readonly name: string;
  /** Resolves to the failure, as a sentence, or to undefined. */
  deliver(alert: Alert, signal: AbortSignal): Promise<string | undefined>;
}

export interface AlertsOptions {
  readonly channels: readonly AlertChannel[];
  /** Milliseconds in which at most one alert of a kind is sent. */
  readonly every: number;
  readonly clock: Clock;
  readonly now: () => number;
  /** Called when a channel starts to fail, and again only after it worked. Must not throw. */
  readonly failed: (failure: AlertFailure) => void;
}

export interface AlertFailure {
  readonly channel: string;
  readonly reason: string;
}

/** Sends alerts, throttled by kind. */
export interface Alerts {
  /** Returns at once. Delivery failures are only reported. */
  raise(fact: AlertFact): void;
  /** Sends throttled alerts, and gives deliveries in flight this many milliseconds to finish. */
  close(graceMs?: number): Promise<void>;
}

/** The newest throttled alert of a kind. */
interface HeldBack {
  readonly fact: AlertFact;
  readonly time: number;
  /** Earlier alerts that were not sent. */
  readonly others: number;
}

const closeGraceMs = 2_000;

/**
 * Sends at most one alert of a kind in `every`, and one at a time. Of alerts raised meanwhile,
 * sends only the last, with their count, when the interval ends: so the final state is always
 * reported, and the backlog is at most one alert for each kind.
 */
export function startAlerts(options: AlertsOptions): Alerts {
  const { channels, every: everyMs, clock, now, failed } = options;
  const throttled = new Map<AlertKind, HeldBack | undefined>();
  const broken = new Set<string>();
  const closing = new AbortController();
  const stopped = new AbortController();
  // Every alert in flight listens.
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

  /** Sends an alert, then the newest one raised meanwhile, until there is none. */
  const sendKind = async (first: HeldBack): Promise<void> => {
    let next: HeldBack | undefined = first;
    while (next !== undefined) {
      const { fact, time, others }: HeldBack = next;
      throttled.set(fact.kind, undefined);
      const alert = describeAlert(fact, time, others);
      const pause = clock.wait(everyMs, closing.signal);
      await Promise.all(channels.map((channel) => deliver(channel, alert)));
      await pause;
      next = throttled.get(fact.kind);
      if (next === undefined) throttled.delete(fact.kind);
    }
  };

  return {
    raise(fact) {
      if (channels.length === 0 || closing.signal.aborted) return;
      const held = throttled.get(fact.kind);
      const others = held === undefined ? 0 : held.others + 1;
      const next = { fact, time: now(), others };
      if (throttled.has(fact.kind)) {
        throttled.set(fact.kind, next);
        return;
      }
      const run = sendKind(next);
      running.add(run);
      void run.then(() => running.delete(run));
    },
    async close(graceMs = closeGraceMs) {
      closing.abort();
      const done = new AbortController();
      const grace = clock.wait(graceMs, done.signal).then(() => stopped.abort());
      await Promise.all(running);
      done.abort();
      await grace;
    },
  };
}
