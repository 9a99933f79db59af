import type { Socket } from 'node:net';
import { openSocket, type SocketOptions } from '../call/open-socket.js';
import { timeoutFailure, type WireFailure, wireFailure } from '../call/wire-failure.js';

export type Connected =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'failed'; readonly failure: WireFailure };

export interface ConnectOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * Connects, for https with a handshake, without sending anything. The caller destroys the socket.
 */
export function connect(
  url: URL,
  options: SocketOptions,
  { timeout, signal }: ConnectOptions,
): Promise<Connected> {
  return new Promise((resolve) => {
    const end = (connected: Connected) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      if (connected.kind === 'failed') socket.destroy();
      resolve(connected);
    };
    const giveUp = () => end({ kind: 'failed', failure: timeoutFailure(timeout, 'connecting') });
    const timer = setTimeout(giveUp, timeout);
    signal.addEventListener('abort', giveUp);
    const socket = openSocket(url, options, (error, opened) => {
      if (error) return end({ kind: 'failed', failure: wireFailure(error, url, 'connecting') });
      opened.on('error', () => {});
      end({ kind: 'open', socket: opened });
    });
  });
}
