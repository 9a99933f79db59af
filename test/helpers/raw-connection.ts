import { connect } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP connection to write on by hand. */
export interface RawConnection {
  write(text: string): void;
  end(): void;
  /** All that came back so far. */
  received(): string;
  readonly closed: Promise<void>;
}

/** Resolves when it is connected, rejects when it cannot be. It ends with the test. */
export function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: hostname, port: Number(port) });
    const closed = new Promise<void>((done) => socket.once('close', () => done()));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.once('connect', () => {
      onTestFinished(() => void socket.destroy());
      resolve({
        write: (bytes) => void socket.write(bytes, 'latin1'),
        end: () => void socket.end(),
        received: () => text,
        closed,
      });
    });
  });
}
