import { planCall } from '../call/plan-call.js';
import { encode } from '../payload/encode.js';
import type { Payload } from '../payload/payload.js';
import { problem } from '../problems/problem.js';
import { readVersion } from '../version.js';
import { answerOf } from './answer-of.js';
import { readCredentials } from './credentials.js';
import type { PostAnswer } from './post-answer.js';

/** A payload, or a raw body: that of `sample(…)` or any other, including invalid ones. */
export type Postable =
  | Payload
  | {
      readonly body: string | Uint8Array;
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface PostOptions {
  /** `user:password`, sent as Basic credentials. */
  readonly auth?: string;
  /** Added to those that Netcore sends, or replacing them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole call. Default 4,000. */
  readonly timeout?: number;
}

export const defaultTimeoutMs = 4_000;

/**
 * Posts to a handler as Netcore does: as a form, without following redirects or retrying. Resolves
 * to the answer of any status. @throws Problem `not_answered` when no answer arrives.
 */
export async function post(
  url: string | URL,
  content: Postable,
  options: PostOptions = {},
): Promise<PostAnswer> {
  const { createSender } = await import('../call/send.js');
  const { timeout = defaultTimeoutMs } = options;
  const sender = createSender({ timeout, connections: 1, insecure: false, wholeAnswers: true });
  try {
    return answerOf(await sender.send(callOf(readUrl(url), content, options)), url);
  } finally {
    await sender.close();
  }
}

function callOf(url: URL, content: Postable, { auth, headers }: PostOptions) {
  const ready = hasBody(content) ? content : { body: encode(content) };
  const { body } = ready;
  const given = { ...('headers' in ready ? ready.headers : {}), ...headers };
  return planCall({
    url,
    body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
    credentials: auth === undefined ? undefined : readCredentials(auth),
    headers: Object.entries(given),
    userAgent: `netcore-hook/${readVersion()}`,
  });
}

/** A panel's events are a list, so even a panel named `body` is not taken for a body. */
function hasBody(content: Postable): content is Exclude<Postable, Payload> {
  return typeof content.body === 'string' || content.body instanceof Uint8Array;
}

export function readUrl(url: string | URL): URL {
  const text = String(url);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw problem('invalid_value', {
    what: 'url',
    value: text,
    reason: 'it is not an http or https URL',
    hint: 'Write it like http://127.0.0.1:3000/webhooks/netcore.',
  });
}
