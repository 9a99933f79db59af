import { problem } from '../problems/problem.js';
import type { HeaderPairs, OutgoingCall } from './call.js';

/** Netcore's content type. */
export const formType = 'application/x-www-form-urlencoded';

/** Of Basic authentication (RFC 7617). */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface CallPlan {
  /** http or https, without credentials. */
  readonly url: URL;
  readonly body: Uint8Array;
  /** Default: POST. */
  readonly method?: string;
  /** Default: `formType`. null sends none, for a capture that had none. */
  readonly contentType?: string | null;
  readonly credentials?: Credentials | undefined;
  /** Appended in this order; they replace headers of the plan with the same name. */
  readonly headers?: HeaderPairs;
  /** Like `netcore-hook/1.2.3`. */
  readonly userAgent: string;
}

/** Builds a call as Netcore does: content type, Basic credentials, body. */
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

/**
 * Framing and routing headers, in lower case. They are derived from the URL and the body, never
 * given.
 */
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

/** Characters of a header name. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\uffff]*$/;

/**
 * Parses a header as `-H` takes it: `Name: value`. Characters beyond ASCII are sent as UTF-8.
 * Problems never repeat the value, which may be a secret.
 */
export function parseHeader(option: string, text: string): readonly [name: string, value: string] {
  const invalid = (reason: string) => problem('header_invalid', { option, reason });
  const colon = text.indexOf(':');
  if (colon === -1) throw invalid('it has no colon');
  const name = text.slice(0, colon);
  if (!token.test(name)) throw invalid(`"${name}" is not a valid header name`);
  if (framing.has(name.toLowerCase()))
    throw invalid(`${name} is derived from the URL and the body`);
  const value = text.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
  if (!fieldValue.test(value)) throw invalid(`the value of ${name} holds a control character`);
  return [name, Buffer.from(value, 'utf8').toString('latin1')];
}
