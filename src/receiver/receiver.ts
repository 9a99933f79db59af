import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { CallHandling, type Expectation, type HandlingOptions } from './call-handling.js';
import { Connections } from './connections.js';
import { limits } from './limits.js';

export interface ReceiverOptions extends Omit<HandlingOptions, 'isSurplus'> {
  readonly tls: TlsKeys | undefined;
  /** Maximum number of connections: see `limits.maxConnections`. */
  readonly connections: number;
  /** How long a connection stays open after an answer, in milliseconds. */
  readonly keepAlive: number;
}

export interface TlsKeys {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The HTTP server: receives calls, passes them on for recording, and answers. */
export interface Receiver {
  /** Rejects with Node's error when the address or the inherited socket is unavailable. */
  listen(address: ListenAddress): Promise<AddressInfo>;
  /** Uses this certificate for new connections. Throws when it is invalid. */
  renewTls(keys: TlsKeys): void;
  /**
   * Accepts no more calls, lets those in flight finish within `drainMs`, and ends. Idle connections
   * stay open for `idleMs`.
   */
  close(times?: { readonly idleMs: number; readonly drainMs: number }): Promise<void>;
}

/** An address, or a listening socket inherited from the parent process. */
export type ListenAddress =
  | { readonly port: number; readonly host: string }
  | { readonly fd: number };

export function createReceiver(options: ReceiverOptions): Receiver {
  const settings = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.timeoutCheckEveryMs,
    keepAliveTimeout: options.keepAlive,
    maxHeaderSize: limits.maxHeaderBytes,
    // The admission checks Host: node would reject it without notifying the observer.
    requireHostHeader: false,
  };
  const secureServer = options.tls
    ? createTlsServer({
        ...settings,
        ...options.tls,
        minVersion: 'TLSv1.2',
        handshakeTimeout: limits.headersTimeoutMs,
      })
    : undefined;
  const server: Server = secureServer ?? createServer(settings);
  // The admission counts headers: node would silently drop the surplus.
  server.maxHeadersCount = 0;
  // Above this, connections are dropped without an answer.
  server.maxConnections = Math.ceil(options.connections * 1.25);
  // A client may send FIN after its request and still wait for the answer.
  (server as { httpAllowHalfOpen?: boolean }).httpAllowHalfOpen = true;

  const connections = new Connections(options.connections);
  const handling = new CallHandling(
    { ...options, isSurplus: (socket) => connections.isSurplus(socket) },
    () => !server.listening,
  );
  const { failed } = options.observer;
  // One function for all answers avoids a closure for each.
  function answered(this: ServerResponse) {
    connections.answered(this.req.socket);
  }
  const handle = (expectation: Expectation) => {
    return (request: IncomingMessage, response: ServerResponse) => {
      connections.began(request.socket);
      response.on('close', answered);
      handling.handle(request, response, expectation).catch(failed);
    };
  };
  server.on('request', handle('none'));
  server.on('checkContinue', handle('continue'));
  server.on('checkExpectation', handle('unknown'));
  server.on('connect', (request, socket: Socket) => {
    handling.refuseRaw(socket, 405, 'method_not_allowed', request);
  });
  server.on('clientError', (error, socket: Socket) => handling.clientError(error, socket));
  server.on('drop', (data) => handling.dropped(data?.remoteAddress));
  server.on('connection', (socket: Socket) => connections.add(socket));
  server.on(secureServer ? 'secureConnection' : 'connection', (socket: Socket) =>
    connections.judge(socket),
  );

  return {
    listen: (address) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ ...address, backlog: 1024 }, () => {
          server.off('error', reject);
          // Errors such as running out of file handles pass; keep listening.
          server.on('error', () => {});
          const address = server.address();
          if (typeof address === 'object' && address) resolve(address);
          else server.close(() => reject(new Error('it is a Unix socket')));
        });
      }),
    renewTls: (keys) => secureServer?.setSecureContext({ ...keys, minVersion: 'TLSv1.2' }),
    close: ({ idleMs, drainMs } = limits) =>
      new Promise((resolve) => {
        const endIdle = () => {
          server.closeIdleConnections();
          connections.endSilent();
        };
        const idleTimer = idleMs > 0 ? setTimeout(endIdle, idleMs) : undefined;
        if (!idleTimer) endIdle();
        const drainTimer = setTimeout(() => connections.endAll(), drainMs);
        // node:http's own close would cut connections whose call has arrived but is unread.
        NetServer.prototype.close.call(server, () => {
          clearTimeout(idleTimer);
          clearTimeout(drainTimer);
          // Only this clears the interval of node:http that keeps the server in memory.
          server.close();
          resolve();
        });
        handling.hurry();
      }),
  };
}
