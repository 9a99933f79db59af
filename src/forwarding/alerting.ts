import type { AlertSource } from '../alerts/alert.js';
import { byHandler, startAlerts } from '../alerts/alerts.js';
import type { AlertFact } from '../alerts/fact.js';
import { startHeartbeat } from '../alerts/heartbeat.js';
import { alertKinds } from '../alerts/kinds.js';
import type { Outlook } from '../alerts/outlook.js';
import { readDisk, watchDisk } from '../alerts/watch-disk.js';
import { type QueueAgeWatch, watchQueueAge } from '../alerts/watch-queue-age.js';
import { type SilenceState, type SilenceWatch, watchSilence } from '../alerts/watch-silence.js';
import { realClock } from '../call/clock.js';
import type { CommandContext } from '../cli/command.js';
import { plainReason } from '../problems/translate.js';
import type { ForwarderNews } from '../queue/forwarder.js';
import type { ReceiverObserver, RefusedCall } from '../receiver/call-handling.js';
import type { StoreFiles } from '../store/folder.js';
import { journal } from '../store/journal.js';
import { machineName, openChannels } from './alert-channels.js';
import type { AlertOptions } from './alert-options.js';
import { forwarderFact } from './forwarder-facts.js';
import { createWebhookReader, findLastCall, readPastCalls } from './recent-webhooks.js';
import { refusalFact } from './refusal-facts.js';
import { onStore, queueLine } from './store-command.js';

/** Raises the alerts of `listen` and `queue work`. */
export interface Alerting {
  /** Raises alerts about calls that arrive, and that do not. */
  observing(observer: ReceiverObserver): ReceiverObserver;
  /** The listener's URL, for later alerts. `silenceChanged`: see `watchSilence`. */
  listening(url: string, silenceChanged: (silent: SilenceState) => void): void;
  /** Raises alerts about calls that are dead or not forwarded, and about the handler. */
  report(news: ForwarderNews, to: URL): void;
  /** Raises an alert when the oldest waiting call is too old. */
  watchQueue(queue: WatchedQueue): void;
  /** The queue itself fails, or works again. */
  queueFailed(error: unknown, to: URL): void;
  queueRecovered(to: URL): void;
  raise(fact: AlertFact): void;
  /** Until when no call is lost. */
  outlook(): Outlook;
  /** Waits up to two seconds for alerts in flight. */
  close(): Promise<void>;
}

interface WatchedQueue {
  readonly to: URL;
  /** The Redis that has the queue, without credentials; empty for the store itself. */
  readonly server: string;
  /** When the oldest unfinished call was queued, in milliseconds since 1970. */
  readonly oldest: () => Promise<number | null>;
  /** Since when forwarding is paused; null: it is not. */
  readonly pausedSince: () => number | null;
  /** Milliseconds after which a call is given up. */
  readonly giveUpAfter: number;
}

/** A queue that fails for a moment raises no alert. */
const queueGraceMs = 5_000;

const storeConditions: readonly string[] = ['store', 'disk', 'engine'];

export function startAlerting(
  options: AlertOptions,
  files: StoreFiles,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Alerting {
  const { host, global } = context;
  const { channels, sender } = openChannels(options.channels, host);
  const closing = new AbortController();
  const { signal } = closing;
  const others: (() => void)[] = [];
  /** The conditions that fire. */
  const firing = new Set<string>();
  let listener: string | undefined;
  const queues: (WatchedQueue & { readonly watch: QueueAgeWatch })[] = [];
  /** By the URL of the handler. */
  const handlerFailsSince = new Map<string, number>();
  let storeFailsSince: number | undefined;
  const queueFailing = new Map<string, { readonly since: number; raised: boolean }>();
  let silenceChanged = (_: SilenceState) => {};

  const outlook = (): Outlook => {
    const giveUps = queues.flatMap(({ to, watch, giveUpAfter }) => {
      const waiting =
        watch.oldest() ?? handlerFailsSince.get(to.href) ?? queueFailing.get(to.href)?.since;
      return waiting === undefined ? [] : [waiting + giveUpAfter];
    });
    const firstGiveUp = giveUps.length > 0 ? Math.min(...giveUps) : undefined;
    return { firstGiveUp, diskFull: disk.fullAt() };
  };
  const source: AlertSource = {
    host: machineName(host),
    profile: global.profile,
    store: files.folder,
    get listener() {
      return listener;
    },
    outlook,
    onStore(command) {
      const [, name, ...words] = command.split(' ');
      const server = queues[0]?.server;
      if (name !== 'queue' || !server) return onStore(command, context, files);
      return queueLine('', server, words.join(' '));
    },
  };
  const alerts = startAlerts({
    channels,
    source,
    every: options.every,
    clock: realClock,
    now: host.now,
    sending({ kind, state }) {
      // Writing to a store that fails could hold up calls.
      if (storeConditions.includes(alertKinds[kind].condition)) return;
      journal(files, host, { kind: 'alerted', alert: kind, state });
    },
    failed: ({ channel, reason }) =>
      warn('alert_failed', `An alert could not be delivered by ${channel}: ${reason}`),
  });
  const raise = (fact: AlertFact) => {
    const { condition: ofKind, ends, endsWith } = alertKinds[fact.kind];
    const condition = byHandler(ofKind, fact);
    if (endsWith !== undefined) firing.add(condition);
    if (ends && !(fact.kind === 'silence_over' && fact.silent.length > 0)) {
      firing.delete(condition);
    }
    alerts.raise(fact);
  };
  const disk = watchDisk(
    {
      folder: files.folder,
      read: () => readDisk(files.folder),
      clock: realClock,
      now: host.now,
    },
    raise,
  );
  others.push(() => disk.close());

  const watchCalls = (): SilenceWatch | undefined => {
    const { silence } = options;
    if (silence === undefined) return undefined;
    const watch = watchSilence(
      {
        limit: silence,
        clock: realClock,
        now: host.now,
        lookUp: (webhook, since) => findLastCall(files, webhook, since),
        changed: (silent) => silenceChanged(silent),
      },
      raise,
    );
    others.push(() => watch.close());
    return watch;
  };

  const recorded = (status: number) => {
    if (storeFailsSince !== undefined) {
      const lasted = Math.max(0, host.now() - storeFailsSince);
      storeFailsSince = undefined;
      raise({ kind: 'store_recovered', lasted });
    }
    if (status === 200) return;
    const refused = { [status]: 1 };
    raise({ kind: 'not_200', since: host.now(), status, code: null, calls: 1, refused });
  };

  const refused = (refusal: RefusedCall) => {
    const fact = refusalFact(refusal);
    if (fact?.kind === 'calls_refused' && !options.refused) return;
    if (fact?.kind === 'store_failing') {
      storeFailsSince ??= host.now();
      raise({ ...fact, since: storeFailsSince });
    } else if (fact) raise(fact);
  };

  let watch: SilenceWatch | undefined;
  return {
    observing(observer) {
      watch = watchCalls();
      const silence = watch;
      const readWebhooks = silence && createWebhookReader(silence.heardFrom, silence.missed);
      return {
        captured(capture) {
          observer.captured(capture);
          silence?.heard();
          readWebhooks?.(capture);
          recorded(capture.status);
        },
        refused(refusal) {
          observer.refused(refusal);
          silence?.refused(refusal.code);
          refused(refusal);
        },
        failed: (error) => observer.failed(error),
      };
    },
    listening(url, changed) {
      listener = url;
      silenceChanged = changed;
      // Without them, silence counts from the start.
      const silence = watch;
      if (silence) void readPastCalls(files, host.now()).then(silence.begin, () => {});
      const { heartbeat } = options;
      if (heartbeat) beat(heartbeat);
    },
    report(news, to) {
      if (news.kind === 'breaker_opened') handlerFailsSince.set(to.href, news.time);
      if (news.kind === 'breaker_closed') handlerFailsSince.delete(to.href);
      const fact = forwarderFact(news, to.href);
      if (fact) raise(fact);
    },
    watchQueue(watched) {
      const { to, server: _, ...rest } = watched;
      const limit = options.age;
      const age = { ...rest, to: to.href, limit, clock: realClock, now: host.now };
      const ageWatch = watchQueueAge(age, raise);
      const isFirst = queues.length === 0;
      queues.push({ ...watched, watch: ageWatch });
      others.push(() => ageWatch.close());
      // A worker has no listener that begins it.
      if (isFirst && options.heartbeat && listener === undefined) beat(options.heartbeat);
    },
    queueFailed(error, to) {
      const failing = { since: host.now(), raised: false };
      queueFailing.set(to.href, failing);
      const reason = plainReason(error);
      void realClock.wait(queueGraceMs, signal).then(() => {
        if (queueFailing.get(to.href) !== failing || signal.aborted) return;
        failing.raised = true;
        raise({ kind: 'queue_failing', since: failing.since, to: to.href, reason });
      });
    },
    queueRecovered(to) {
      const failed = queueFailing.get(to.href);
      queueFailing.delete(to.href);
      if (!failed?.raised) return;
      const lasted = Math.max(0, host.now() - failed.since);
      raise({ kind: 'queue_recovered', to: to.href, lasted });
    },
    raise,
    outlook,
    async close() {
      closing.abort();
      for (const stop of others) stop();
      await alerts.close();
      await sender.close();
    },
  };

  function beat({ target, every }: NonNullable<AlertOptions['heartbeat']>): void {
    const heart = startHeartbeat({
      target,
      every,
      isWell: () => firing.size === 0,
      sender,
      clock: realClock,
      failed: (reason) =>
        warn('heartbeat_failed', `The request to --heartbeat-url failed: ${reason}`),
    });
    others.push(() => heart.close());
  }
}
