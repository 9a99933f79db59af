import type { ServerResponse } from 'node:http';
import { exitCodes } from '../problems/exit-codes.js';
import type { Problem } from '../problems/problem.js';
import type { ApiProblem } from './api.js';

/** The headers of every response: forbid framing, content sniffing and foreign resources. */
export const everyHeader: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** A response without the headers that all responses share. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export function jsonReply(value: unknown, status = 200): Reply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}

/** Untrusted bytes, in a form that browsers neither show nor run. */
export function downloadReply(name: string, bytes: Uint8Array): Reply {
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Content-Security-Policy': `sandbox; ${everyHeader['Content-Security-Policy']}`,
    },
    body: bytes,
  };
}

export function problemReply(found: Problem, status = statusOf(found)): Reply {
  const { code, message, hint } = found;
  return jsonReply({ problem: { code, message, hint } } satisfies ApiProblem, status);
}

const statuses: Readonly<Record<string, number>> = {
  no_such_capture: 404,
  no_such_event: 404,
  inspector_nothing_there: 404,
  ambiguous_id: 409,
  replay_beyond_loopback: 409,
  inspector_method: 405,
  inspector_too_large: 413,
};

function statusOf({ code, exit }: Problem): number {
  const own = statuses[code];
  if (own !== undefined) return own;
  if (exit === exitCodes.bug.code) return 500;
  if (exit === exitCodes.environment.code) return 503;
  return exit === exitCodes.no.code ? 422 : 400;
}

/** Writes a reply; for HEAD without the body. */
export function answer(response: ServerResponse, { status, headers, body }: Reply): void {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  response.writeHead(status, {
    ...everyHeader,
    ...(status === 405 && { Allow: 'GET, HEAD, POST' }),
    ...headers,
    'Content-Length': bytes.byteLength,
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}
