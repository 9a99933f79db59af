import type { HeaderPairs, OutgoingCall } from '../call/call.js';
import {
  attemptHeader,
  countHops,
  hopsHeader,
  idHeader,
  redeliveryHeader,
} from '../call/own-headers.js';
import { basicAuthorization, type Credentials, framing, token } from '../call/plan-call.js';
import type { QueuedCall } from './queue.js';

/** The handler that gets the calls. */
export interface ForwardTarget {
  /** http or https, without credentials. Used unchanged unless `keepPath` is set. */
  readonly url: URL;
  /** Appends each call's own path and query. */
  readonly keepPath: boolean;
  readonly credentials: Credentials | undefined;
}

/**
 * Builds the call that forwards a capture. Method, body and headers are unchanged, except for headers of the
 * connection, the listener's credentials, and our own. `number` counts the attempts from 1.
 */
export function planForward(
  { capture, redelivery }: Pick<QueuedCall, 'capture' | 'redelivery'>,
  number: number,
  target: ForwardTarget,
): OutgoingCall {
  const { credentials } = target;
  const hops = countHops(valuesOf(capture.headers, hopsHeader)) + 1;
  return {
    url: target.keepPath ? withOwnPath(target.url, capture.target) : target.url,
    method: capture.method,
    headers: [
      ...endToEnd(capture.headers),
      ...(credentials ? [['Authorization', basicAuthorization(credentials)] as const] : []),
      [idHeader, capture.id],
      [attemptHeader, String(number)],
      ...(redelivery === undefined ? [] : [[redeliveryHeader, String(redelivery)] as const]),
      [hopsHeader, String(hops)],
    ],
    body: capture.body,
  };
}

const ownHeaders = [idHeader, attemptHeader, redeliveryHeader, hopsHeader].map((name) =>
  name.toLowerCase(),
);

/** The listener's credentials. Their values were not recorded. */
const secrets = ['authorization', 'proxy-authorization', 'cookie'];

/** The bytes allowed in a header's value: https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const fieldBytes = /^[\t\x20-\x7e\x80-\xff]*$/;

function endToEnd(headers: HeaderPairs): HeaderPairs {
  const dropped = new Set([...framing, ...secrets, ...ownHeaders]);
  for (const value of valuesOf(headers, 'connection')) {
    for (const name of value.split(',')) dropped.add(name.trim().toLowerCase());
  }
  // Headers from the network are valid, but imported ones may be invalid.
  return headers.filter(
    ([name, value]) =>
      !dropped.has(name.toLowerCase()) && token.test(name) && fieldBytes.test(value),
  );
}

function valuesOf(headers: HeaderPairs, wanted: string): string[] {
  const name = wanted.toLowerCase();
  return headers.filter(([raw]) => raw.toLowerCase() === name).map(([, value]) => value);
}

/** Appends a call's own path and query to the target. They cannot lead to another host or out of its path. */
function withOwnPath(target: URL, requestTarget: string): URL {
  const escaped = requestTarget.replace(
    /[^\x21-\x7e]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  const local = escaped.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(local) ?? [];
  // On a separate host, `..` stops at the root of the call's path.
  const own = new URL('http://own.invalid');
  own.pathname = path === '*' ? '' : path;
  own.search = query;
  const url = new URL(target);
  const ownPath = own.pathname.replace(/^\/+/, '/');
  if (ownPath !== '/') url.pathname = url.pathname.replace(/\/$/, '') + ownPath;
  url.search = [url.search, own.search]
    .map((search) => search.slice(1))
    .filter((search) => search !== '')
    .join('&');
  return url;
}
