import type { Socket } from 'node:net';

/** The connections that a server has accepted. */
export class Connections {
  readonly #most: number;
  readonly #open = new Set<Socket>();
  readonly #surplus = new WeakSet<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  add(socket: Socket): void {
    this.#open.add(socket);
    // Asked for once, it is known even when the socket has failed.
    void socket.remoteAddress;
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Looks whether there are too many, once for each socket that requests come from. */
  judge(socket: Socket): void {
    if (this.#open.size > this.#most) this.#surplus.add(socket);
  }

  isSurplus(socket: Socket): boolean {
    return this.#surplus.has(socket);
  }

  /** Ends those on which nothing ever came: node does not count them among the idle ones. */
  endSilent(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }

  /** Ends all of them, those too that never got as far as HTTP. */
  endAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
