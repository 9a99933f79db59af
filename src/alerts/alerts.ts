import { setMaxListeners } from 'node:events';
import type { Clock } from '../call/clock.js';
import { plainReason } from '../problems/translate.js';
import { type Alert, type AlertSource, describeAlert } from './alert.js';
import { type AlertFact, type AlertKind, mergeFacts } from './fact.js';
import { alertKinds } from './kinds.js';

export interface AlertChannel {
  /** Like `--alert-command`. */
  readonly name: string;
  deliver(alert: Alert, signal: AbortSignal): Promise<Delivery>;
}

/** What a channel answered, as a sentence. Untrusted text, without secrets. */
export interface Delivery {
  readonly delivered: boolean;
  readonly answer: string;
}

export interface AlertsOptions {
  readonly channels: readonly AlertChannel[];
  readonly source: AlertSource;
  /** Milliseconds in which at most one alert of a kind is sent. */
  readonly every: number;
  readonly clock: Clock;
  readonly now: () => number;
  /** Called for each alert that is sent. Must not throw. */
  readonly sending?: (alert: Alert) => void;
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

/** The throttled alerts of a kind, merged. */
interface HeldBack {
  readonly fact: AlertFact;
  readonly time: number;
  /** Earlier alerts that were not sent. */
  readonly others: number;
}

const closeGraceMs = 2_000;
/** A network that fails for a moment must not lose an alert. */
const retryDelaysMs = [10_000, 60_000];

/**
 * Sends at most one alert of a kind in `every`, and one at a time. Merges alerts raised meanwhile
 * into one, which it sends with their count when the interval ends: so the final state is always
 * reported, and the backlog is at most one alert for each kind and handler. Tries each channel up to
 * three times.
 */
export function startAlerts(options: AlertsOptions): Alerts {
  const { channels, source, every: everyMs, clock, now, sending, failed } = options;
  const throttled = new Map<string, HeldBack | undefined>();
  const broken = new Set<string>();
  const closing = new AbortController();
  const stopped = new AbortController();
  // Every alert in flight listens.
  setMaxListeners(0, stopped.signal);
  const running = new Set<Promise<void>>();

  const deliver = async (channel: AlertChannel, alert: Alert): Promise<void> => {
    for (const retryMs of [...retryDelaysMs, undefined]) {
      const { delivered, answer } = await tryDelivery(channel, alert, stopped.signal);
      if (delivered) {
        broken.delete(channel.name);
        return;
      }
      if (!broken.has(channel.name)) failed({ channel: channel.name, reason: answer });
      broken.add(channel.name);
      if (retryMs === undefined || closing.signal.aborted) return;
      await clock.wait(retryMs, closing.signal);
    }
  };

  /** Sends an alert, then the one held back meanwhile, until there is none. */
  const sendKind = async (first: HeldBack): Promise<void> => {
    const key = byHandler(first.fact.kind, first.fact);
    let next: HeldBack | undefined = first;
    while (next !== undefined) {
      const { fact, time, others }: HeldBack = next;
      throttled.set(key, undefined);
      const alert = describeAlert(fact, { time, heldBack: others }, source);
      const pause = clock.wait(everyMs, closing.signal);
      const deliveries = channels.map((channel) => deliver(channel, alert));
      sending?.(alert);
      await Promise.all(deliveries);
      await pause;
      next = throttled.get(key);
      if (next === undefined) throttled.delete(key);
    }
  };

  /** Drops a held back alert that the fact ends or begins again. Returns how many it stood for. */
  const takeOpposite = (fact: AlertFact): number => {
    for (const kind of oppositesOf(fact.kind)) {
      const opposite = byHandler(kind, fact);
      const held = throttled.get(opposite);
      if (held === undefined) continue;
      throttled.set(opposite, undefined);
      return held.others + 1;
    }
    return 0;
  };

  return {
    raise(fact) {
      if (channels.length === 0 || closing.signal.aborted) return;
      const key = byHandler(fact.kind, fact);
      const held = throttled.get(key);
      const others = takeOpposite(fact) + (held === undefined ? 0 : held.others + 1);
      const merged = held === undefined ? fact : mergeFacts(held.fact, fact);
      const next = { fact: merged, time: now(), others };
      if (throttled.has(key)) {
        throttled.set(key, next);
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

/** Never rejects. */
export function tryDelivery(
  channel: AlertChannel,
  alert: Alert,
  signal: AbortSignal,
): Promise<Delivery> {
  return channel
    .deliver(alert, signal)
    .catch((error) => ({ delivered: false, answer: plainReason(error) }));
}

/** Distinguishes a kind or a condition by handler, if the fact is about one. */
export function byHandler(word: string, fact: AlertFact): string {
  return 'to' in fact ? `${word} ${fact.to}` : word;
}

/** The kinds that report the other state of the same condition. */
function oppositesOf(kind: AlertKind): AlertKind[] {
  const { condition, ends, endsWith } = alertKinds[kind];
  if (endsWith !== undefined) return [endsWith];
  if (!ends) return [];
  const kinds = Object.keys(alertKinds) as AlertKind[];
  return kinds.filter((each) => each !== kind && alertKinds[each].condition === condition);
}
