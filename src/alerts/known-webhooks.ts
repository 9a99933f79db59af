import { type SilenceLimit, timeWithin } from '../call/daily-hours.js';
import type { SilentWebhook, Webhook } from './fact.js';

/** The webhooks that have called, and their usual pauses. Times are milliseconds since 1970. */
interface KnownWebhooks {
  /** Notes a call. Returns the webhooks that were silent until now. */
  heard(webhooks: readonly Webhook[], time: number): SilentWebhook[];
  /** Webhooks that have not called for too long and are not known to be silent. */
  overdue(now: number): SilentWebhook[];
  /** False: it has called meanwhile. */
  fallSilent(webhook: SilentWebhook): boolean;
  silent(): SilentWebhook[];
  /** Counts the pauses of those that are not silent from this time on. */
  restart(time: number): void;
}

interface Known extends Webhook {
  readonly last: number;
  readonly calls: number;
  /** The mean pause between calls, in milliseconds of the hours that count. */
  readonly pauseMs: number;
  readonly isSilent: boolean;
}

/** Senders choose the names. */
const maxWebhooks = 200;
const maxNameLength = 100;
/** A webhook is watched after this many calls, so that its usual pauses are known. */
const minCalls = 4;
/** A webhook that rarely calls may pause for this multiple of its mean pause. */
const pauseFactor = 4;
const pauseWeight = 1 / 8;

export function knowWebhooks({ ms: limitMs, hours }: SilenceLimit): KnownWebhooks {
  /** The one that called last stands last. */
  const known = new Map<string, Known>();

  const note = (webhook: Webhook, time: number): Known | undefined => {
    const key = keyOf(webhook);
    const before = known.get(key);
    known.delete(key);
    const pauseMs = before ? timeWithin(hours, before.last, time) : 0;
    // The end of a silence is no usual pause.
    const mean =
      before === undefined || before.isSilent
        ? (before?.pauseMs ?? 0)
        : before.pauseMs + (pauseMs - before.pauseMs) * (before.calls === 1 ? 1 : pauseWeight);
    known.set(key, {
      ...webhook,
      last: Math.max(time, before?.last ?? time),
      calls: (before?.calls ?? 0) + 1,
      pauseMs: mean,
      isSilent: false,
    });
    if (known.size > maxWebhooks) for (const [oldest] of known) if (known.delete(oldest)) break;
    return before;
  };

  const maxPauseMs = ({ pauseMs }: Known) => Math.max(limitMs, pauseFactor * pauseMs);

  return {
    heard: (webhooks, time) =>
      webhooks.map(shortened).flatMap((webhook) => {
        const before = note(webhook, time);
        return before?.isSilent ? [silentOf(before)] : [];
      }),
    overdue: (now) =>
      [...known.values()]
        .filter(({ isSilent, calls }) => !isSilent && calls >= minCalls)
        .filter((each) => timeWithin(hours, each.last, now) >= maxPauseMs(each))
        .map(silentOf),
    fallSilent(webhook) {
      const key = keyOf(webhook);
      const found = known.get(key);
      if (found?.last !== webhook.since) return false;
      known.set(key, { ...found, isSilent: true });
      return true;
    },
    silent: () => [...known.values()].filter(({ isSilent }) => isSilent).map(silentOf),
    restart(time) {
      for (const [key, each] of known) {
        if (!each.isSilent) known.set(key, { ...each, last: Math.max(each.last, time) });
      }
    },
  };
}

function silentOf({ panel, webhook, last }: Known): SilentWebhook {
  return { panel, webhook, since: last };
}

function shortened({ panel, webhook }: Webhook): Webhook {
  return {
    panel: panel.slice(0, maxNameLength),
    webhook: webhook === null ? null : webhook.slice(0, maxNameLength),
  };
}

function keyOf({ panel, webhook }: Webhook): string {
  return JSON.stringify([panel, webhook]);
}
