import type { Attempt, Sender } from '../call/attempt.js';
import { type Credentials, planCall } from '../call/plan-call.js';
import { alertJson } from './alert.js';
import type { AlertChannel } from './alerts.js';

export interface AlertTarget {
  /** http or https, without credentials. */
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly userAgent: string;
}

const maxAnswerMs = 10_000;

/**
 * Posts each alert as JSON. Its `text` repeats the message, since chat services show that field.
 * The sender must not be the one that forwarding uses.
 */
export function urlChannel(target: AlertTarget, sender: Sender): AlertChannel {
  return {
    name: '--alert-url',
    async deliver(alert, signal) {
      const call = planCall({
        ...target,
        contentType: 'application/json',
        body: Buffer.from(alertJson(alert, { text: alert.message }), 'utf8'),
      });
      return whyFailed(await unlessAborted(sender.send(call, maxAnswerMs), signal));
    },
  };
}

function whyFailed(attempt: Attempt | undefined): string | undefined {
  if (attempt === undefined) return 'It was stopped because it timed out.';
  if (attempt.kind === 'failed') return attempt.reason;
  const taken = attempt.status >= 200 && attempt.status < 300;
  return taken ? undefined : `It answered ${attempt.status}.`;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const give = () => resolve(undefined);
    signal.addEventListener('abort', give);
    if (signal.aborted) give();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
