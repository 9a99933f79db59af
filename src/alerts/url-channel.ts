import { answerReason } from '../call/answer-reason.js';
import type { Attempt, Sender } from '../call/attempt.js';
import { type Credentials, planCall } from '../call/plan-call.js';
import type { AlertChannel, Delivery } from './alerts.js';
import { type AlertFormat, alertRequest, needsKey } from './url-bodies.js';

export interface AlertTarget {
  /** http or https, without credentials. */
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly userAgent: string;
}

const maxAnswerMs = 10_000;

/**
 * Posts each alert as JSON, in the form of its receiver. The sender must not be the one that
 * forwarding uses. `format`: one that `needsKey` takes the key from the user name of `credentials`.
 */
export function urlChannel(
  { url, credentials, userAgent }: AlertTarget,
  format: AlertFormat,
  sender: Sender,
): AlertChannel {
  const keyed = needsKey(format);
  return {
    name: '--alert-url',
    async deliver(alert, signal) {
      const request = alertRequest(alert, format, url, keyed ? (credentials?.user ?? '') : '');
      const call = planCall({
        url: request.url,
        headers: request.headers,
        credentials: keyed ? undefined : credentials,
        userAgent,
        contentType: 'application/json',
        body: Buffer.from(request.body, 'utf8'),
      });
      return deliveryOf(await unlessAborted(sender.send(call, maxAnswerMs), signal), request.url);
    },
  };
}

/** `attempt` is undefined when it was aborted. */
export function deliveryOf(attempt: Attempt | undefined, url: URL): Delivery {
  if (attempt === undefined) {
    return { delivered: false, answer: 'It was stopped because it timed out.' };
  }
  if (attempt.kind === 'failed') return { delivered: false, answer: attempt.reason };
  const { status } = attempt;
  // A redirect may repeat the secret path.
  const isRedirect = status >= 300 && status < 400;
  const reason = isRedirect ? null : withoutPath(answerReason(attempt, url), url);
  const answer = reason === null ? `It answered ${status}.` : `It answered ${status}, "${reason}".`;
  return { delivered: status >= 200 && status < 300, answer };
}

/** Some servers repeat the path that they were asked for, and it grants access. */
function withoutPath(text: string | null, { pathname, search }: URL): string | null {
  if (text === null || pathname.length < 2) return text;
  const shown = text.replaceAll(pathname, '/…');
  return search === '' ? shown : shown.replaceAll(search, '…');
}

/** Resolves to undefined when the signal aborts first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const give = () => resolve(undefined);
    signal.addEventListener('abort', give);
    if (signal.aborted) give();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
