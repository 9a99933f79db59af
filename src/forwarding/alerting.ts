import type { AlertFact } from '../alerts/alert.js';
import { type AlertChannel, startAlerts } from '../alerts/alerts.js';
import { commandChannel } from '../alerts/command-channel.js';
import { urlChannel } from '../alerts/url-channel.js';
import { watchQueueAge } from '../alerts/watch-queue-age.js';
import { watchSilence } from '../alerts/watch-silence.js';
import { realClock } from '../call/clock.js';
import { isUnforwarded } from '../call/delivery.js';
import { createSender } from '../call/send.js';
import type { CommandContext } from '../cli/command.js';
import type { ForwarderNews } from '../queue/forwarder.js';
import type { ReceiverObserver } from '../receiver/call-handling.js';
import { readVersion } from '../version.js';
import type { AlertOptions } from './options.js';

/** Raises the alerts of `listen` and `queue work`. */
export interface Alerting {
  /** Raises an alert when no call arrives for a while, or an answer is not 200. */
  observing(observer: ReceiverObserver): ReceiverObserver;
  /** Raises an alert when a call is dead or not forwarded, and when the breaker opens or closes. */
  report(news: ForwarderNews, to: URL): void;
  /** Raises an alert when the oldest waiting call is too old. See `watchQueueAge` for `oldest`. */
  watchQueue(oldest: () => Promise<number | null>): void;
  raise(fact: AlertFact): void;
  /** Waits up to two seconds for alerts in flight. */
  close(): Promise<void>;
}

const sendTimeoutMs = 10_000;

export function startAlerting(
  options: AlertOptions,
  { host }: CommandContext,
  warn: (code: string, message: string) => void,
): Alerting {
  const { command, url, every, age, silence } = options;
  // A separate sender, so that alerts do not wait behind calls.
  const sender = createSender({ timeout: sendTimeoutMs, connections: 2, insecure: false });
  const channels: AlertChannel[] = [];
  if (command !== undefined) channels.push(commandChannel(command, host));
  if (url) {
    channels.push(urlChannel({ ...url, userAgent: `netcore-hook/${readVersion()}` }, sender));
  }
  const alerts = startAlerts({
    channels,
    every,
    clock: realClock,
    now: host.now,
    failed: ({ channel, reason }) =>
      warn('alert_failed', `An alert could not be delivered by ${channel}: ${reason}`),
  });
  const raise = (fact: AlertFact) => alerts.raise(fact);
  const closing: (() => void)[] = [];
  return {
    observing(observer) {
      const watch = silence === undefined ? undefined : watchSilence(silence, realClock, raise);
      closing.push(() => watch?.close());
      return {
        captured(capture) {
          observer.captured(capture);
          watch?.heard();
          const { status } = capture;
          if (status !== 200) raise({ kind: 'not_200', status, code: null });
        },
        refused(refusal) {
          observer.refused(refusal);
          const { status, code } = refusal;
          // A client that disconnected got no answer.
          if (code !== 'incomplete') raise({ kind: 'not_200', status, code });
        },
        failed: (error) => observer.failed(error),
      };
    },
    report(news, to) {
      const fact = factOf(news, to.href);
      if (fact) raise(fact);
    },
    watchQueue(oldest) {
      const watch = watchQueueAge({ limit: age, oldest, clock: realClock, now: host.now }, raise);
      closing.push(() => watch.close());
    },
    raise,
    async close() {
      for (const stop of closing) stop();
      await alerts.close();
      await sender.close();
    },
  };
}

function factOf(news: ForwarderNews, to: string): AlertFact | undefined {
  switch (news.kind) {
    case 'attempt': {
      const { call, number: tries, attempt, fate } = news;
      if (fate.kind !== 'dead') return undefined;
      const { status, reason, url } = attempt;
      return { kind: 'call_dead', capture: call.capture.id, to: url, tries, status, reason };
    }
    case 'breaker_opened': {
      const { status, reason } = news.attempt;
      return { kind: 'breaker_opened', to, status, reason };
    }
    case 'breaker_closed':
      return { kind: 'breaker_closed', to, lasted: news.time - news.since };
    case 'skipped': {
      const { call, reason } = news;
      if (!isUnforwarded(reason)) return undefined;
      return { kind: 'not_forwarded', capture: call.capture.id, to, reason };
    }
    default:
      return undefined;
  }
}
