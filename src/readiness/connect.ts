import type { Socket } from 'node:net';
import { openSocket, type SocketOptions } from '../call/open-socket.js';
import { timeoutFailure, type WireFailure, wireFailure } from '../call/wire-failure.js';

export type Connected =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'failed'; readonly failure: WireFailure };

/** Connects, for https with a handshake, and sends nothing. The caller destroys the socket. */
export function connect(url: URL, options: SocketOptions, timeout: number): Promise<Connected> {
  return new Promise((resolve) => {
    const fail = (failure: WireFailure) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ kind: 'failed', failure });
    };
    const timer = setTimeout(() => fail(timeoutFailure(timeout, 'connecting')), timeout);
    const socket = openSocket(url, options, (error, opened) => {
      if (error) return fail(wireFailure(error, url, 'connecting'));
      clearTimeout(timer);
      opened.on('error', () => {});
      resolve({ kind: 'open', socket: opened });
    });
  });
}
