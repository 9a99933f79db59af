import { outcomeSentence } from '../call/outcome-sentence.js';
import type { CommandContext } from '../cli/command.js';
import { CallRate } from '../output/call-rate.js';
import type {
  AttemptNotice,
  BreakerNotice,
  RateNotice,
  WarningNotice,
  WorkingNotice,
} from '../output/notice.js';
import { plainReason } from '../problems/translate.js';
import type { ForwarderNews } from '../queue/forwarder.js';
import type { Alerting } from './alerting.js';
import type { ForwardingOptions } from './options.js';

export type ForwardingNotice = AttemptNotice | BreakerNotice | RateNotice | WarningNotice;

/** The notices of `queue work`. */
export type WorkNotice = WorkingNotice | ForwardingNotice;

type QueueSide = 'handing over' | 'forwarding';

export interface ForwardingNotices {
  report(news: ForwarderNews): void;
  /** `since`: in milliseconds since 1970; null: calls are sent again. `resume`: the command for that. */
  paused(since: number | null, resume: string): void;
  /** One side of the queue fails. Only the first failing side emits a notice. */
  queueFailed(side: QueueSide, error: unknown): void;
  /** One side of the queue works again. Only the last one emits a notice. */
  queueRecovered(side: QueueSide): void;
  /** Emits the remaining rates. */
  close(): void;
}

/**
 * Turns the events of a forwarder into notices. Without `--json`, too many attempts become a rate.
 * A failing queue also raises an alert.
 */
export function forwardingNotices(
  { target: url, label: handler }: Pick<ForwardingOptions, 'target' | 'label'>,
  { global, host }: CommandContext,
  emit: (notice: ForwardingNotice) => void,
  alerting: Pick<Alerting, 'queueFailed' | 'queueRecovered'> | undefined,
): ForwardingNotices {
  const to = url.href;
  const rateOf = (what: 'delivered' | 'undelivered') =>
    global.json
      ? undefined
      : new CallRate((calls) => emit({ type: 'rate', time: isoTime(host.now()), what, calls }));
  const delivered = rateOf('delivered');
  // Separate, so that failures stay visible among many deliveries.
  const undelivered = rateOf('undelivered');
  const failing = new Set<QueueSide>();

  function queueFailed(side: QueueSide, error: unknown): void {
    const isFirst = failing.size === 0;
    failing.add(side);
    if (!isFirst) return;
    const message = `The queue failed: ${plainReason(error)}. Calls wait until it works again.`;
    emit({ type: 'warning', code: 'queue_failing', message });
    alerting?.queueFailed(error, url);
  }

  function queueRecovered(side: QueueSide): void {
    if (!failing.delete(side) || failing.size > 0) return;
    emit({ type: 'warning', code: 'queue_well', message: 'The queue works again.' });
    alerting?.queueRecovered(url);
  }

  function report(news: ForwarderNews): void {
    switch (news.kind) {
      case 'attempt': {
        const { call, number, attempt, reconnected, fate } = news;
        const rate = fate.kind === 'delivered' ? delivered : undelivered;
        if (rate?.admits() === false) return;
        emit({
          type: 'attempt',
          capture: call.capture.id,
          to: attempt.url,
          handler,
          number,
          status: attempt.status,
          reason: attempt.reason,
          ms: attempt.ms,
          reconnected,
          time: isoTime(attempt.time),
          state: fate.kind,
          due: fate.kind === 'delayed' ? isoTime(fate.due) : undefined,
        });
        return;
      }
      case 'breaker_opened': {
        const reason = outcomeSentence(news.attempt);
        const time = isoTime(news.time);
        const { cause } = news;
        emit({ type: 'breaker', state: 'open', time, to, handler, cause, reason, since: null });
        return;
      }
      case 'breaker_closed': {
        const time = isoTime(news.time);
        const since = isoTime(news.since);
        emit({
          type: 'breaker',
          state: 'closed',
          time,
          to,
          handler,
          cause: null,
          reason: null,
          since,
        });
        return;
      }
      case 'queue_failed':
        queueFailed('forwarding', news.error);
        return;
      case 'queue_recovered':
        queueRecovered('forwarding');
        return;
      case 'skipped':
        return;
    }
  }

  return {
    report,
    paused(since, resume) {
      if (since === null) {
        const message = `Forwarding to ${to} was resumed. Waiting calls are sent now.`;
        emit({ type: 'warning', code: 'forwarding_resumed', message });
        return;
      }
      const message = `Forwarding to ${to} is paused since ${isoTime(since)}. Calls are recorded, and wait until: ${resume}`;
      emit({ type: 'warning', code: 'forwarding_paused', message });
    },
    queueFailed,
    queueRecovered,
    close() {
      delivered?.close();
      undelivered?.close();
    },
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
