import { timingSafeEqual } from 'node:crypto';
import { type Problem, problem } from '../problems/problem.js';
import { tokenHeader } from './api.js';

export interface GuardedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Alternating names and values, as received. */
  readonly rawHeaders: readonly string[];
}

export interface GuardRules {
  /** The inspector's port. */
  readonly port: number;
  /** The token of this run, which only the inspector's page can read. */
  readonly token: string;
}

export interface Refusal {
  readonly status: 400 | 403 | 405 | 415;
  readonly problem: Problem;
}

const servedMethods = ['GET', 'HEAD', 'POST'];

/** Requires an Origin or the token although it changes nothing, since it keeps a connection open. */
export const livePath = '/api/live';

/**
 * Checks every request before anything is looked up. Rejects foreign names that resolve here (DNS
 * rebinding) by Host, and other sites' pages by Origin and Sec-Fetch-Site. Requests with effects
 * must carry a header that only the inspector's own page can send. Undefined: the request may pass.
 */
export function refusalOf(request: GuardedRequest, rules: GuardRules): Refusal | undefined {
  const header = (name: string) => valuesOf(request.rawHeaders, name);
  const { method = '', url = '' } = request;

  const hosts = header('host');
  const [host] = hosts;
  if (host === undefined || hosts.length > 1) return refused('it has no single Host header');
  if (!ownHosts(rules.port).includes(host)) return refused('its Host is not this inspector');

  const origins = header('origin');
  const ownOrigins = ownHosts(rules.port).map((own) => `http://${own}`);
  if (!origins.every((origin) => ownOrigins.includes(origin)) || origins.length > 1) {
    return refused('the request comes from a page of another site');
  }
  // `none`: typed, a bookmark, or opened by another program. Links on other sites are rejected too.
  if (!header('sec-fetch-site').every((site) => site === 'same-origin' || site === 'none')) {
    return refused('another site sent the request');
  }
  if (header('upgrade').length > 0) return refused('it requests a protocol upgrade');

  if (!servedMethods.includes(method)) {
    return { status: 405, problem: problem('inspector_method', { method }) };
  }
  if (!url.startsWith('/')) {
    return { status: 400, problem: problem('inspector_unreadable', { reason: 'no path in it' }) };
  }
  const changes = method !== 'GET' && method !== 'HEAD';
  const tokens = header(tokenHeader);
  const hasToken = tokens.length === 1 && isSame(tokens[0] ?? '', rules.token);
  if (changes && !hasToken) return refused(`the ${tokenHeader} of this run is missing`);
  if (pathOf(url) === livePath && !hasToken && origins.length === 0) {
    return refused(`it has neither Origin nor ${tokenHeader}`);
  }
  if (changes && !isJson(header('content-type'))) {
    return { status: 415, problem: problem('inspector_content_type', {}) };
  }
  return undefined;
}

/** The path of a request's target, without its query. */
export function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}

function refused(reason: string): Refusal {
  return { status: 403, problem: problem('inspector_refused', { reason }) };
}

function ownHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  // Clients omit the default port.
  return port === 80
    ? [...names, ...names.map((name) => `${name}:80`)]
    : names.map((name) => `${name}:${port}`);
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const wanted = name.toLowerCase();
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted);
}

/** Rejects simple content types, which forms of other sites can send. */
function isJson(types: readonly string[]): boolean {
  const [type = ''] = types;
  return types.length === 1 && /^application\/json[\t ]*(?:;|$)/i.test(type);
}

function isSame(given: string, token: string): boolean {
  const one = Buffer.from(given, 'latin1');
  const other = Buffer.from(token, 'latin1');
  return one.length === other.length && timingSafeEqual(one, other);
}
