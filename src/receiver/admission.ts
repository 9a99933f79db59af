import type { IncomingMessage } from 'node:http';
import type { AddressTest } from './addresses.js';
import type { Authenticate, AuthRefusal } from './basic-auth.js';
import { limits } from './limits.js';

/** Who and what may come in. What is undefined is not asked for. */
export interface AdmissionRules {
  readonly allowed: AddressTest | undefined;
  readonly authenticate: Authenticate | undefined;
  /** The only path that is served. */
  readonly path: string | undefined;
  readonly maxBody: number;
}

export type RefusalCode =
  | AuthRefusal
  | 'malformed_request'
  | 'header_too_large'
  | 'request_timeout'
  | 'http_version'
  | 'ambiguous_host'
  | 'address_not_allowed'
  | 'method_not_allowed'
  | 'other_path'
  | 'expectation'
  | 'body_too_large'
  | 'incomplete'
  | 'too_many_connections'
  | 'not_recorded';

/** Why a call is not let in, and what it is answered. */
export interface Refusal {
  readonly status: number;
  readonly code: RefusalCode;
  readonly user?: string | undefined;
}

/**
 * The one gate that every call passes, in this order: a sound request, an allowed peer, a method
 * and path that are served, right credentials, a body that is not too large. Nothing of the body
 * has been read yet. Returns nothing when the call may come in.
 */
export function refusalOf(
  request: IncomingMessage,
  remote: string,
  rules: AdmissionRules,
): Refusal | undefined {
  const unsound = unsoundRequest(request);
  if (unsound) return unsound;
  if (rules.allowed && !rules.allowed(remote)) return { status: 403, code: 'address_not_allowed' };
  if (request.method === 'TRACE' || request.method === 'CONNECT') {
    return { status: 405, code: 'method_not_allowed' };
  }
  if (rules.path !== undefined && pathOf(request.url ?? '') !== rules.path) {
    return { status: 404, code: 'other_path' };
  }
  if (rules.authenticate) {
    const outcome = rules.authenticate(headerValues(request, 'authorization'));
    if (outcome.kind === 'refused') return { status: 401, code: outcome.code, user: outcome.user };
  }
  if (Number(request.headers['content-length'] ?? 0) > rules.maxBody) {
    return { status: 413, code: 'body_too_large' };
  }
  return undefined;
}

const soundHost = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~%!$&'()*+;=-]+)(?::\d*)?$/i;

/** What node:http lets through although it can be read in two ways. */
function unsoundRequest(request: IncomingMessage): Refusal | undefined {
  if (request.httpVersion !== '1.1' && request.httpVersion !== '1.0') {
    return { status: 505, code: 'http_version' };
  }
  if (request.rawHeaders.length > limits.headerCount * 2) {
    return { status: 431, code: 'header_too_large' };
  }
  const hosts = headerValues(request, 'host');
  const [host] = hosts;
  const missing = hosts.length === 0 && request.httpVersion === '1.1';
  if (missing || hosts.length > 1 || (host !== undefined && !soundHost.test(host))) {
    return { status: 400, code: 'ambiguous_host' };
  }
  return undefined;
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
