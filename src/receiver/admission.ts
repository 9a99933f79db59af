import type { IncomingMessage } from 'node:http';
import { type AddressTest, isLoopback, peerAddress } from '../call/addresses.js';
import { countHops, hopsHeader, maxHops } from '../call/own-headers.js';
import type { Authenticate, AuthOutcome, AuthRefusal } from './basic-auth.js';
import { clientAddress } from './client-address.js';
import { limits } from './limits.js';

/** Who and what may come in. What is undefined is not asked for. */
export interface AdmissionRules {
  readonly allowed: AddressTest | undefined;
  /** The proxies in front, whose X-Forwarded-For is believed. */
  readonly trusted: AddressTest | undefined;
  readonly authenticate: Authenticate | undefined;
  /** Whether web pages of other sites may call. */
  readonly otherSites: boolean;
  /** The only path that is served. */
  readonly path: string | undefined;
  /** Whether the health path is served. */
  readonly health: boolean;
  readonly maxBody: number;
}

export type RefusalCode =
  | AuthRefusal
  | 'malformed_request'
  | 'header_too_large'
  | 'request_timeout'
  | 'http_version'
  | 'ambiguous_host'
  | 'unclear_address'
  | 'address_not_allowed'
  | 'other_site'
  | 'method_not_allowed'
  | 'other_path'
  | 'expectation'
  | 'body_too_large'
  | 'loop'
  | 'incomplete'
  | 'too_many_connections'
  | 'too_busy'
  | 'not_recorded';

/** Why a call is not let in, and what it is answered. */
export interface Refusal {
  readonly status: number;
  readonly code: RefusalCode;
  readonly user?: string | undefined;
}

/** Where load balancers and monitors ask whether the listener is well. */
export const healthPath = '/_netcore-hook/health';

/** What the gate decides about a request, and the address that it took for the client's. */
export type Admission =
  | { readonly kind: 'call'; readonly remote: string }
  /** `known`: with the right credentials, so it may be told more. */
  | { readonly kind: 'health'; readonly remote: string; readonly known: boolean }
  | { readonly kind: 'refused'; readonly remote: string; readonly refusal: Refusal };

/**
 * The one gate that every request passes, in this order: a sound request, an allowed client that
 * is no web page of another site, a method and path that are served, right credentials, a call that does not go in a circle, an
 * expectation that can be met, a body that is not too large. Nothing of the body has been read
 * yet. Health is asked for without credentials.
 */
export function admissionOf(
  request: IncomingMessage,
  rules: AdmissionRules,
  expectsUnknown: boolean,
): Admission {
  const peer = peerAddress(request.socket.remoteAddress ?? '');
  const remote = rules.trusted
    ? clientAddress(peer, headerValues(request, 'x-forwarded-for'), rules.trusted)
    : peer;
  if (remote === undefined) {
    return { kind: 'refused', remote: peer, refusal: { status: 403, code: 'unclear_address' } };
  }
  const closed = unsoundRequest(request) ?? notServed(request, remote, rules);
  if (closed) return { kind: 'refused', remote, refusal: closed };
  if (rules.health && asksForHealth(request)) {
    return { kind: 'health', remote, known: login(request, rules)?.kind === 'right' };
  }
  const refusal = notLetIn(request, rules, expectsUnknown);
  return refusal ? { kind: 'refused', remote, refusal } : { kind: 'call', remote };
}

function notServed(
  request: IncomingMessage,
  remote: string,
  rules: AdmissionRules,
): Refusal | undefined {
  if (rules.allowed && !rules.allowed(remote)) return { status: 403, code: 'address_not_allowed' };
  if (!rules.otherSites && isFromOtherSite(request)) return { status: 403, code: 'other_site' };
  if (request.method === 'TRACE' || request.method === 'CONNECT') {
    return { status: 405, code: 'method_not_allowed' };
  }
  return undefined;
}

/**
 * A browser posts a form to any site without asking, but says which page sends it; servers send
 * neither header. Host does not count: a page whose name leads to this machine sets it as it likes,
 * and so do tunnels and proxies.
 */
function isFromOtherSite(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { localPort } = request.socket;
  return headerValues(request, 'origin').some((origin) => !isOwnOrigin(origin, localPort));
}

function isOwnOrigin(origin: string, ownPort: number | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, port } = new URL(origin);
  const originPort = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return isLoopback(hostname) && originPort === ownPort;
}

function notLetIn(
  request: IncomingMessage,
  rules: AdmissionRules,
  expectsUnknown: boolean,
): Refusal | undefined {
  if (rules.path !== undefined && pathOf(request.url ?? '') !== rules.path) {
    return { status: 404, code: 'other_path' };
  }
  const outcome = login(request, rules);
  if (outcome?.kind === 'refused') return { status: 401, code: outcome.code, user: outcome.user };
  if (goesInCircle(request)) return { status: 508, code: 'loop' };
  if (expectsUnknown) return { status: 417, code: 'expectation' };
  if (Number(request.headers['content-length'] ?? 0) > rules.maxBody) {
    return { status: 413, code: 'body_too_large' };
  }
  return undefined;
}

function login(request: IncomingMessage, rules: AdmissionRules): AuthOutcome | undefined {
  return rules.authenticate?.(headerValues(request, 'authorization'));
}

const hopsName = hopsHeader.toLowerCase();

function goesInCircle(request: IncomingMessage): boolean {
  return countHops(headerValues(request, hopsName)) >= maxHops;
}

function asksForHealth({ method, url = '' }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && pathOf(url) === healthPath;
}

const soundHost = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~%!$&'()*+;=-]+)(?::\d*)?$/i;

/** What node:http lets through although it can be read in two ways. */
function unsoundRequest(request: IncomingMessage): Refusal | undefined {
  const { httpVersion } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    // Before 1.0 there were no headers, and no answer that could say so.
    return { status: httpVersion === '0.9' ? 400 : 505, code: 'http_version' };
  }
  if (request.rawHeaders.length > limits.headerCount * 2) {
    return { status: 431, code: 'header_too_large' };
  }
  if (hasBlankBeforeColon(request)) return { status: 400, code: 'malformed_request' };
  const hosts = headerValues(request, 'host');
  const [host] = hosts;
  const missing = hosts.length === 0 && httpVersion === '1.1';
  if (missing || hosts.length > 1 || (host !== undefined && !soundHost.test(host))) {
    return { status: 400, code: 'ambiguous_host' };
  }
  // Only chunks are taken apart here, and they came with HTTP/1.1.
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    return { status: 400, code: 'malformed_request' };
  }
  return undefined;
}

/** Node 20.19.0 takes the blank for a part of the name; later ones refuse the call. */
function hasBlankBeforeColon({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.some((text, index) => index % 2 === 0 && /[ \t]$/.test(text));
}

/** Every value of a header, repeated lines apart. The name in lower case. */
function headerValues(request: IncomingMessage, name: string): string[] {
  const { rawHeaders } = request;
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index];
    if (raw?.length === name.length && raw.toLowerCase() === name) {
      values.push(rawHeaders[index + 1] ?? '');
    }
  }
  return values;
}

/** The path of a target in origin or absolute form, without its query. */
function pathOf(target: string): string {
  const origin = /^https?:\/\/[^/?#]*/i.exec(target);
  const path = (origin ? target.slice(origin[0].length) : target).split('?', 1)[0];
  return path || '/';
}
