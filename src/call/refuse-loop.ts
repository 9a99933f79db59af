import { hostname, networkInterfaces } from 'node:os';
import { problem } from '../problems/problem.js';
import { isLoopback, peerAddress } from './addresses.js';

/**
 * Throws when the URL leads to one of these listeners, which would record its own captures again
 * endlessly. `own`: the names and addresses of this machine.
 */
export function refuseLoop(
  url: URL,
  listeners: readonly string[],
  code: 'replay_loop' | 'forward_loop',
  own: readonly string[] = ownHosts(),
): void {
  if (listeners.some((listener) => leadsTo(url, new URL(listener), own))) {
    throw problem(code, { url: url.href });
  }
}

function leadsTo(url: URL, listener: URL, own: readonly string[]): boolean {
  if (portOf(url) !== portOf(listener)) return false;
  return url.hostname === listener.hostname || isThisMachine(url.hostname, own);
}

function isThisMachine(host: string, own: readonly string[]): boolean {
  const plain = peerAddress(host.replace(/^\[|\]$/g, ''));
  // Connecting to an unspecified address reaches this machine.
  return isLoopback(plain) || plain === '0.0.0.0' || plain === '::' || own.includes(plain);
}

function ownHosts(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [hostname().toLowerCase(), ...addresses.map(({ address }) => peerAddress(address))];
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}
