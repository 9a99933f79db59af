import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectSecure, type TLSSocket } from 'node:tls';

export interface SocketOptions {
  readonly insecure: boolean;
  /** Resolves the host name, once for each connection. */
  readonly lookup?: LookupFunction | undefined;
  readonly maxVersion?: 'TLSv1.2';
}

/**
 * Opens a connection to the host of an http or https URL. Calls `opened` once: with the socket when
 * it can send (for https after the handshake), or with the error.
 */
export function openSocket(
  url: URL,
  options: SocketOptions,
  opened: (error: Error | null, socket: Socket) => void,
): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const { lookup } = options;
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const socket: Socket | TLSSocket = secure
    ? connectSecure({
        host,
        port,
        ...(lookup && { lookup }),
        servername: isIP(host) === 0 ? host : '',
        ALPNProtocols: ['http/1.1'],
        minVersion: 'TLSv1.2',
        rejectUnauthorized: !options.insecure,
        ...(options.maxVersion && { maxVersion: options.maxVersion }),
      })
    : connectPlain({ host, port, ...(lookup && { lookup }) });
  const forget = () => {
    socket.removeListener('error', failed);
    socket.removeListener('close', closed);
  };
  const failed = (error: Error) => {
    forget();
    // Later errors of a failed socket are useless, but must not be unhandled.
    socket.on('error', () => {});
    opened(error, socket);
  };
  const closed = () => failed(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
  socket.on('error', failed);
  socket.on('close', closed);
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    forget();
    opened(null, socket);
  });
  return socket.setNoDelay(true);
}
