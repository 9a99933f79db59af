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

export type ForwardingNotice = AttemptNotice | BreakerNotice | RateNotice | WarningNotice;

/** What `queue work` has to say. */
export type WorkNotice = WorkingNotice | ForwardingNotice;

/** Takes what a forwarder tells. */
export interface ForwardingNotices {
  readonly tell: (news: Exclude<ForwarderNews, { kind: 'trouble' }>) => void;
  /**
   * One side of the queue fails, or is well again (undefined). Said when the first begins to fail,
   * and when the last is well.
   */
  readonly trouble: (side: 'handing over' | 'forwarding', error: unknown) => void;
  /** Says what is still unsaid. */
  readonly close: () => void;
}

/** Turns what a forwarder tells into notices. People get a rate when there are too many to read. */
export function forwardingNotices(
  url: URL,
  { global, host }: CommandContext,
  emit: (notice: ForwardingNotice) => void,
): ForwardingNotices {
  const to = url.href;
  const rateOf = (what: 'delivered' | 'undelivered') =>
    global.json
      ? undefined
      : new CallRate((calls) => emit({ type: 'rate', time: isoTime(host.now()), what, calls }));
  const delivered = rateOf('delivered');
  // What fails must not be lost among what does not.
  const undelivered = rateOf('undelivered');

  const failing = new Set<string>();

  function trouble(side: 'handing over' | 'forwarding', error: unknown): void {
    const before = failing.size;
    if (error === undefined) failing.delete(side);
    else failing.add(side);
    if (before === 0 && failing.size > 0) {
      const message = `The queue failed: ${plainReason(error)}. Calls wait until it works again.`;
      emit({ type: 'warning', code: 'queue_failing', message });
    } else if (before > 0 && failing.size === 0) {
      emit({ type: 'warning', code: 'queue_well', message: 'The queue works again.' });
    }
  }

  function tell(news: Exclude<ForwarderNews, { kind: 'trouble' }>): void {
    switch (news.kind) {
      case 'attempt': {
        const { call, number, attempt, reconnected, fate } = news;
        const rate = fate.kind === 'delivered' ? delivered : undelivered;
        if (rate?.admits() === false) return;
        emit({
          type: 'attempt',
          capture: call.capture.id,
          to: attempt.url,
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
        emit({ type: 'breaker', state: 'open', time, to, cause, reason, since: null });
        return;
      }
      case 'breaker_closed': {
        const time = isoTime(news.time);
        const since = isoTime(news.since);
        emit({ type: 'breaker', state: 'closed', time, to, cause: null, reason: null, since });
        return;
      }
      case 'skipped':
        return;
    }
  }

  return {
    tell,
    trouble,
    close() {
      delivered?.close();
      undelivered?.close();
    },
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
