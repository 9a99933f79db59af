import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a port of loopback that can be cut: nothing comes through from then on, or ever again. */
export interface Line {
  readonly port: number;
  cut(): void;
  /** Cuts the connections, and lets those that are made from then on come through to another port. */
  leadTo(port: number): void;
}

/** It ends with the test. */
export async function layLine(to: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let end = to;
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: end });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(cut);
  return {
    port,
    cut,
    leadTo(other) {
      end = other;
      for (const socket of sockets) socket.destroy();
    },
  };
}
