import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Socket } from 'node:net';
import { afterEach } from 'vitest';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** An HTTP server on loopback until the end of the test; resolves to its URL. */
export function serve(listener: RequestListener): Promise<URL> {
  return listening(createServer(listener), 'http');
}

/** The same over TLS. */
export function serveSecurely(options: ServerOptions, listener: RequestListener): Promise<URL> {
  return listening(createSecureServer(options, listener), 'https');
}

/** A TCP server that does to each connection what it is told. */
export async function serveRaw(react: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    react(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
}

/** A raw server that answers every request head with this text, and then hangs. */
export function serveText(...parts: readonly string[]): Promise<URL> {
  return serveRaw((socket) => {
    socket.once('data', () => {
      for (const part of parts) socket.write(part, 'latin1');
    });
  });
}

/** The URL of a port on loopback where nothing listens. */
export async function nobodyThere(): Promise<URL> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${port}/hook`);
}

async function listening(server: Server, scheme: string): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
}
