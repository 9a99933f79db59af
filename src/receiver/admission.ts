import type { IncomingMessage } from 'node:http';
import { type AddressTest, isLoopback, peerAddress } from '../call/addresses.js';
import { countHops, healthPath, hopsHeader, maxHops, metricsPath } from '../call/own-headers.js';
import type { Authenticate, AuthOutcome, AuthRefusal } from './basic-auth.js';
import { clientAddress } from './client-address.js';
import { limits } from './limits.js';

/** Rules for accepting requests. An undefined rule is not checked. */
export interface AdmissionRules {
  readonly allowed: AddressTest | undefined;
  /** Trusted proxies, whose X-Forwarded-For is used. */
  readonly trusted: AddressTest | undefined;
  readonly authenticate: Authenticate | undefined;
  /** Whether web pages of other sites may call. */
  readonly otherSites: boolean;
  readonly path: string | undefined;
  readonly health: boolean;
  /**
   * Whether metrics are served: to clients with valid credentials, and `here` also to this machine
   * without. Undefined: they are not.
   */
  readonly metrics?: 'known' | 'here' | undefined;
  readonly maxBody: number;
}

export type RefusalCode =
  | AuthRefusal
  | 'malformed_request'
  | 'tls_not_served'
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

/** Why a call is rejected, and the status it gets. */
export interface Refusal {
  readonly status: number;
  readonly code: RefusalCode;
  readonly user?: string | undefined;
}

/** The decision about a request, and the client address it is based on. */
export type Admission =
  | { readonly kind: 'call'; readonly remote: string }
  /** `known`: sent with valid credentials, so the report may include details. */
  | { readonly kind: 'health'; readonly remote: string; readonly known: boolean }
  | { readonly kind: 'metrics'; readonly remote: string }
  | { readonly kind: 'refused'; readonly remote: string; readonly refusal: Refusal };

/**
 * Checks every request in this order: soundness, client address, no web page of another site,
 * method and path, credentials, forwarding loop, expectation, body size. Runs before the body is
 * read. Health checks need no credentials, nor do scrapes of metrics from this machine.
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
  if (rules.health && asksFor(healthPath, request)) {
    return { kind: 'health', remote, known: login(request, rules)?.kind === 'right' };
  }
  if (rules.metrics && asksFor(metricsPath, request)) {
    const refusal = metricsRefusal(request, remote, rules);
    return refusal ? { kind: 'refused', remote, refusal } : { kind: 'metrics', remote };
  }
  const refusal = refusalFor(request, rules, expectsUnknown);
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
 * Browsers post forms to any site without asking, but name the sending page; servers send neither
 * header. Host is no evidence: a page whose name resolves to this machine can set it, and so do
 * tunnels and proxies.
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

function refusalFor(
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

function asksFor(path: string, { method, url = '' }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && pathOf(url) === path;
}

function metricsRefusal(
  request: IncomingMessage,
  remote: string,
  rules: AdmissionRules,
): Refusal | undefined {
  if (rules.metrics === 'here' && isFromHere(request, remote)) return undefined;
  const outcome = login(request, rules);
  if (outcome?.kind === 'right') return undefined;
  return outcome
    ? { status: 401, code: outcome.code, user: outcome.user }
    : { status: 403, code: 'address_not_allowed' };
}

const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via', 'cf-connecting-ip'];

/** A proxy or tunnel on this machine connects from loopback, too, and most of them show it. */
function isFromHere({ headers }: IncomingMessage, remote: string): boolean {
  const host = (headers.host ?? '').replace(/:\d*$/, '').replace(/^\[|\]$/g, '');
  return (
    isLoopback(remote) &&
    isLoopback(host) &&
    forwardingHeaders.every((name) => headers[name] === undefined)
  );
}

const soundHost = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~%!$&'()*+;=-]+)(?::\d*)?$/i;

/** Rejects requests that node:http accepts although they are ambiguous. */
function unsoundRequest(request: IncomingMessage): Refusal | undefined {
  const { httpVersion } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    // HTTP/0.9 has no headers, nor an answer with a status.
    return { status: httpVersion === '0.9' ? 400 : 505, code: 'http_version' };
  }
  if (request.rawHeaders.length > limits.maxHeaderCount * 2) {
    return { status: 431, code: 'header_too_large' };
  }
  if (hasBlankBeforeColon(request)) return { status: 400, code: 'malformed_request' };
  const hosts = headerValues(request, 'host');
  const [host] = hosts;
  const missing = hosts.length === 0 && httpVersion === '1.1';
  if (missing || hosts.length > 1 || (host !== undefined && !soundHost.test(host))) {
    return { status: 400, code: 'ambiguous_host' };
  }
  // Only chunked coding is supported, and it requires HTTP/1.1.
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    return { status: 400, code: 'malformed_request' };
  }
  return undefined;
}

/** Node 20.19.0 accepts the blank as part of the name; later versions reject the call. */
function hasBlankBeforeColon({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.some((text, index) => index % 2 === 0 && /[ \t]$/.test(text));
}

/** All values of a header, one for each line. The name must be in lower case. */
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
