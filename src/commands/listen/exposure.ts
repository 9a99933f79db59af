import { isIP } from 'node:net';
import { addressKind, isLoopback } from '../../call/addresses.js';
import type { HeaderPairs } from '../../call/call.js';
import { problem } from '../../problems/problem.js';

/**
 * Throws for a listener beyond loopback without authentication or an allowlist, or warns when
 * `--unprotected` permits it.
 */
export function checkExposure(
  host: string,
  { guarded, unprotected }: { readonly guarded: boolean; readonly unprotected: boolean },
  warn: (code: string, message: string) => void,
): void {
  if (guarded || isLoopback(host)) return;
  if (!unprotected) throw problem('listen_unprotected', { host });
  warn(
    'unprotected',
    `Any client that reaches ${host} can post to this listener: neither --auth nor --allow is set.`,
  );
}

const forwardingHeaders = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'cf-connecting-ip',
  'true-client-ip',
];

/**
 * The evidence in a call's headers that it came from a public network through a tunnel or a proxy:
 * a forwarding header or a foreign Host. Undefined without evidence.
 */
export function signOfExposure(headers: HeaderPairs): string | undefined {
  for (const [name, value] of headers) {
    const folded = name.toLowerCase();
    if (forwardingHeaders.includes(folded)) return `the header ${name}`;
    if (folded === 'host' && isPublicHost(value)) return `the host ${value}`;
  }
  return undefined;
}

function isPublicHost(header: string): boolean {
  const host = header
    .replace(/:\d*$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  if (host === '' || isLoopback(host)) return false;
  if (isIP(host)) return addressKind(host) === 'public';
  return host.includes('.') && !/\.(?:local|internal|lan|home\.arpa)$/.test(host);
}
