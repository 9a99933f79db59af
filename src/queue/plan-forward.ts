import type { Capture, HeaderPairs, OutgoingCall } from '../call/call.js';
import { attemptHeader, countHops, hopsHeader, idHeader } from '../call/own-headers.js';
import { basicAuthorization, type Credentials, framing, token } from '../call/plan-call.js';

/** Where calls are forwarded to, and how. */
export interface ForwardTarget {
  /** http or https, without credentials in it. Used as it is, but for `keepPath`. */
  readonly url: URL;
  /** Appends each call's own path and query. */
  readonly keepPath: boolean;
  readonly credentials: Credentials | undefined;
}

/**
 * A capture as the call that is forwarded: method, body and headers as they came, but for those that
 * belong to the connection, to the listener or to us. `number` counts the tries from 1.
 */
export function planForward(capture: Capture, number: number, target: ForwardTarget): OutgoingCall {
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
      [hopsHeader, String(hops)],
    ],
    body: capture.body,
  };
}

const ours = [idHeader, attemptHeader, hopsHeader].map((name) => name.toLowerCase());

/** Secrets of the listener, whose values were not even kept. */
const secrets = ['authorization', 'proxy-authorization', 'cookie'];

/** Bytes that the value of a header may hold: https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const fieldBytes = /^[\t\x20-\x7e\x80-\xff]*$/;

function endToEnd(headers: HeaderPairs): HeaderPairs {
  const dropped = new Set([...framing, ...secrets, ...ours]);
  for (const value of valuesOf(headers, 'connection')) {
    for (const name of value.split(',')) dropped.add(name.trim().toLowerCase());
  }
  // What came over a network is sound; what was imported need not be.
  return headers.filter(
    ([name, value]) =>
      !dropped.has(name.toLowerCase()) && token.test(name) && fieldBytes.test(value),
  );
}

function valuesOf(headers: HeaderPairs, wanted: string): string[] {
  const name = wanted.toLowerCase();
  return headers.filter(([raw]) => raw.toLowerCase() === name).map(([, value]) => value);
}

/**
 * The target with a call's own path and query appended. Nothing in them leads to another host, or
 * out of the target's path.
 */
function withOwnPath(target: URL, requestTarget: string): URL {
  const escaped = requestTarget.replace(
    /[^\x21-\x7e]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  const local = escaped.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(local) ?? [];
  // A host of its own, so that `..` ends at the root of the call's path.
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
