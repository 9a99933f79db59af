import type { Clock } from '../call/clock.js';
import { type SilenceLimit, timeWithin } from '../call/daily-hours.js';
import {
  type AlertFact,
  type RefusalCounts,
  type SilentWebhook,
  sumRefusals,
  type Webhook,
} from './fact.js';
import { knowWebhooks } from './known-webhooks.js';

/** What the store knows of the time before the start. */
export interface PastCalls {
  /** The newest ones, oldest first. */
  readonly calls: readonly PastCall[];
  /** When the last listener before this one ended, in milliseconds since 1970. Undefined: unknown. */
  readonly ranUntil: number | undefined;
}

export interface PastCall {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly webhooks: readonly Webhook[];
}

export interface SilenceOptions {
  readonly limit: SilenceLimit;
  readonly clock: Clock;
  readonly now: () => number;
  /**
   * When the webhook last called since then, in milliseconds since 1970, in case a call was not
   * read. Undefined: it did not.
   */
  readonly lookUp: (webhook: Webhook, since: number) => Promise<number | undefined>;
  /** Called when silence begins or ends. */
  readonly changed: (silent: SilenceState) => void;
}

export interface SilenceState {
  /** Since when no call arrives at all; null: calls arrive. */
  readonly all: number | null;
  readonly webhooks: readonly SilentWebhook[];
}

export interface SilenceWatch {
  /** Counts silence from the last calls in the store, unless no listener ran for the limit. */
  begin(past: PastCalls): void;
  /** Notes that a call has arrived. Cheap enough for each call. */
  heard(): void;
  /** Notes whose events a call held. */
  heardFrom(webhooks: readonly Webhook[]): void;
  /** Notes that a call's events were not read. */
  missed(): void;
  /** Counts a refused call. */
  refused(code: string): void;
  close(): void;
}

/** After a start, calls that were held up arrive first. */
const maxStartGraceMs = 60_000;
const maxPollMs = 10_000;
/** A limit is checked this many times. */
const pollsPerLimit = 20;

/**
 * Raises an alert when no call arrives for the limit, at all or from one webhook, and another when
 * calls resume.
 */
export function watchSilence(
  { limit, clock, now, lookUp, changed }: SilenceOptions,
  raise: (fact: AlertFact) => void,
): SilenceWatch {
  const closing = new AbortController();
  const { signal } = closing;
  const started = now();
  const startGraceMs = Math.min(limit.ms, maxStartGraceMs);
  const known = knowWebhooks(limit);
  let last = started;
  /** When the last call arrived before the current silence of the whole listener. */
  let silentSince: number | undefined;
  let missedAt = Number.NEGATIVE_INFINITY;
  let refusals: RefusalCounts = {};

  const state = (): SilenceState => ({ all: silentSince ?? null, webhooks: known.silent() });
  const lasted = (since: number) => Math.max(0, now() - since);

  const raiseSilence = () => {
    const webhooks = known.silent();
    const since = silentSince ?? Math.min(...webhooks.map((each) => each.since));
    const all = silentSince !== undefined;
    const refused = refusals;
    raise({ kind: 'silence', since, lasted: lasted(since), all, webhooks, refused });
    changed(state());
  };

  /** Those that have exceeded their limit, unless the store knows of a later call. */
  const newlySilent = async (): Promise<boolean> => {
    let found = false;
    for (const webhook of known.overdue(now())) {
      const since = webhook.since;
      const later = missedAt > since ? await lookUp(webhook, since + 1) : undefined;
      if (signal.aborted) return false;
      if (later !== undefined) known.heard([webhook], later);
      else found = known.fallSilent(webhook) || found;
    }
    return found;
  };

  const check = async (): Promise<void> => {
    // While no call arrives at all, each webhook is silent.
    if (silentSince !== undefined) return;
    if (timeWithin(limit.hours, last, now()) >= limit.ms) {
      silentSince = last;
      raiseSilence();
    } else if (await newlySilent()) raiseSilence();
  };

  const watch = async (): Promise<void> => {
    await clock.wait(startGraceMs, signal);
    while (!signal.aborted) {
      await check().catch(() => {});
      await clock.wait(Math.min(maxPollMs, Math.max(1, limit.ms / pollsPerLimit)), signal);
    }
  };

  const resume = (since: number, webhooks: readonly Webhook[]) => {
    raise({ kind: 'silence_over', lasted: lasted(since), webhooks, silent: known.silent() });
    changed(state());
  };

  void watch();
  return {
    begin({ calls, ranUntil }) {
      for (const { time, webhooks } of calls) known.heard(webhooks, Math.min(time, started));
      if (ranUntil !== undefined && timeWithin(limit.hours, ranUntil, started) >= limit.ms) {
        known.restart(started);
        return;
      }
      const newest = calls.at(-1);
      // A call that arrived meanwhile counts.
      if (newest && last === started) last = Math.min(newest.time, started);
    },
    heard() {
      const before = last;
      last = now();
      refusals = {};
      if (silentSince === undefined) return;
      silentSince = undefined;
      // The other webhooks get as long again to resume.
      known.restart(last);
      resume(before, []);
    },
    heardFrom(webhooks) {
      const resumed = known.heard(webhooks, now());
      if (resumed.length === 0) return;
      resume(Math.min(...resumed.map(({ since }) => since)), resumed.map(nameOf));
    },
    missed() {
      missedAt = now();
    },
    refused(code) {
      refusals = sumRefusals(refusals, { [code]: 1 });
    },
    close: () => closing.abort(),
  };
}

function nameOf({ panel, webhook }: Webhook): Webhook {
  return { panel, webhook };
}
