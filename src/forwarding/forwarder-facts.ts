import type { AlertFact } from '../alerts/fact.js';
import { maskPeople } from '../alerts/mask-people.js';
import { type DeliveryAttempt, isUnforwarded } from '../call/delivery.js';
import type { ForwarderNews } from '../queue/forwarder.js';

/** The fact of a forwarder's news, if it is worth an alert. */
export function forwarderFact(news: ForwarderNews, to: string): AlertFact | undefined {
  switch (news.kind) {
    case 'attempt': {
      const { call, number: tries, attempt, fate } = news;
      if (fate.kind !== 'dead') return undefined;
      const answer = answerOf(attempt);
      return {
        kind: 'call_dead',
        since: attempt.time,
        capture: call.capture.id,
        // Not the URL of the call: it may hold the query that the call came with.
        to,
        tries,
        ...answer,
        calls: 1,
        lasted: 0,
        answers: [{ ...answer, calls: 1 }],
      };
    }
    case 'breaker_opened':
      return { kind: 'breaker_opened', since: news.time, to, ...answerOf(news.attempt) };
    case 'breaker_closed':
      return { kind: 'breaker_closed', to, lasted: news.time - news.since };
    case 'skipped': {
      const { call, reason } = news;
      if (!isUnforwarded(reason)) return undefined;
      const { id: capture, time: since } = call.capture;
      return { kind: 'not_forwarded', since, capture, to, reason, calls: 1 };
    }
    default:
      return undefined;
  }
}

/** An alert must not hold a person's data, and a handler's answer may. */
function answerOf({ status, reason }: DeliveryAttempt) {
  return { status, reason: status === null || reason === null ? reason : maskPeople(reason) };
}
