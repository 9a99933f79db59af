import type { AttemptNotice, BreakerNotice, WarningNotice } from '../../output/notice.js';
import { plainReason } from '../../problems/translate.js';
import type { ForwarderNews } from '../../queue/forwarder.js';

export type ForwardingNotice = AttemptNotice | BreakerNotice | WarningNotice;

/** Turns what a forwarder tells into notices. */
export function forwardingNotices(
  url: URL,
  emit: (notice: ForwardingNotice) => void,
): (news: ForwarderNews) => void {
  const to = url.href;
  return (news) => {
    switch (news.kind) {
      case 'attempt': {
        const { call, number, attempt, fate } = news;
        emit({
          type: 'attempt',
          capture: call.capture.id,
          to: attempt.url,
          number,
          status: attempt.status,
          reason: attempt.reason,
          ms: attempt.ms,
          time: isoTime(attempt.time),
          state: fate.kind,
          due: fate.kind === 'delayed' ? isoTime(fate.due) : undefined,
        });
        break;
      }
      case 'skipped':
        break;
      case 'breaker_opened':
        emit({
          type: 'breaker',
          state: 'open',
          time: isoTime(news.time),
          to,
          reason: news.attempt.reason ?? `It answered ${news.attempt.status}.`,
          since: null,
        });
        break;
      case 'breaker_closed':
        emit({
          type: 'breaker',
          state: 'closed',
          time: isoTime(news.time),
          to,
          reason: null,
          since: isoTime(news.since),
        });
        break;
      case 'trouble':
        emit({
          type: 'warning',
          code: news.error === undefined ? 'queue_well' : 'queue_failing',
          message:
            news.error === undefined
              ? 'The queue works again.'
              : `The queue fails, and calls wait: ${plainReason(news.error)}`,
        });
        break;
    }
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
