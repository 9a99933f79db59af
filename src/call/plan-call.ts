import { problem } from '../problems/problem.js';
import type { HeaderPairs, OutgoingCall } from './call.js';

/** What Netcore says of its bodies. */
export const formType = 'application/x-www-form-urlencoded';

/** Of Basic authentication (RFC 7617). */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface CallPlan {
  /** http or https, without credentials in it. */
  readonly url: URL;
  readonly body: Uint8Array;
  /** Default: POST. */
  readonly method?: string;
  /** Default: `formType`. null sends none, for a capture that came without. */
  readonly contentType?: string | null;
  readonly credentials?: Credentials | undefined;
  /** In this order, after the rest; one that the plan makes by itself is replaced. */
  readonly headers?: HeaderPairs;
  /** Like `netcore-hook/1.2.3`: whose call it is. */
  readonly userAgent: string;
}

/** The call to send, as Netcore makes its own: content type, Basic credentials, body. */
export function planCall(plan: CallPlan): OutgoingCall {
  const extra = plan.headers ?? [];
  const replaced = new Set(extra.map(([name]) => name.toLowerCase()));
  const own: [name: string, value: string][] = [['User-Agent', plan.userAgent]];
  if (plan.contentType !== null) own.push(['Content-Type', plan.contentType ?? formType]);
  if (plan.credentials) own.push(['Authorization', basicAuthorization(plan.credentials)]);
  return {
    url: plan.url,
    method: plan.method ?? 'POST',
    headers: [...own.filter(([name]) => !replaced.has(name.toLowerCase())), ...extra],
    body: plan.body,
  };
}

/** The value of an Authorization header: UTF-8, as RFC 7617 recommends. */
export function basicAuthorization({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** In lower case. What delimits and routes a message is made from the URL and the body, never given. */
export const framing = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

/** What the name of a header may be made of. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\uffff]*$/;

/**
 * A header as `-H` takes it: `Name: value`. Characters beyond ASCII are sent as UTF-8. The value
 * may be a secret, so that no problem repeats it.
 */
export function parseHeader(option: string, text: string): readonly [name: string, value: string] {
  const invalid = (reason: string) => problem('header_invalid', { option, reason });
  const colon = text.indexOf(':');
  if (colon === -1) throw invalid('it has no colon');
  const name = text.slice(0, colon);
  if (!token.test(name)) throw invalid(`"${name}" is not a name of a header`);
  if (framing.has(name.toLowerCase())) throw invalid(`${name} is made from the URL and the body`);
  const value = text.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
  if (!fieldValue.test(value)) throw invalid(`the value of ${name} holds a control character`);
  return [name, Buffer.from(value, 'utf8').toString('latin1')];
}
