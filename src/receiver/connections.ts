import type { Socket } from 'node:net';
import { limits } from './limits.js';

/**
 * The connections that a server has accepted. When there are too many, the one that has been idle
 * for longest is ended to make room for a new one: those on which nothing has come yet go first.
 */
export class Connections {
  readonly #max: number;
  readonly #open = new Set<Socket>();
  /** Without a request so far, the oldest first. */
  readonly #silent = new Set<Socket>();
  /** Without a request since their last answer, those that have been for longest first. */
  readonly #idle = new Set<Socket>();
  /** How many requests of a connection are not answered yet. */
  readonly #underWay = new Map<Socket, number>();
  readonly #surplus = new WeakSet<Socket>();
  /** Ended to make room, but still among the open ones. */
  #leaving = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(socket: Socket): void {
    this.#open.add(socket);
    // Asked for once, it is known even when the socket has failed.
    void socket.remoteAddress;
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Looks whether there are too many, once for each socket that requests come from. */
  judge(socket: Socket): void {
    const tooMany = this.#open.size - this.#leaving > this.#max;
    if (tooMany && !this.#makeRoom()) this.#surplus.add(socket);
    this.#silent.add(socket);
    const timer = setTimeout(() => {
      // From the first byte on, the time-outs of node:http apply.
      if (socket.bytesRead === 0) socket.destroy();
    }, limits.firstByteTimeout);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#silent.delete(socket);
      this.#idle.delete(socket);
      this.#underWay.delete(socket);
    });
  }

  /** A request has come from this socket. */
  began(socket: Socket): void {
    this.#silent.delete(socket);
    this.#idle.delete(socket);
    this.#underWay.set(socket, (this.#underWay.get(socket) ?? 0) + 1);
  }

  /** The answer to a request of this socket has been sent. */
  answered(socket: Socket): void {
    const left = (this.#underWay.get(socket) ?? 0) - 1;
    if (left > 0) {
      this.#underWay.set(socket, left);
      return;
    }
    this.#underWay.delete(socket);
    if (!socket.destroyed) this.#idle.add(socket);
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

  /** Whether there was a connection to end. */
  #makeRoom(): boolean {
    for (const socket of this.#silent) {
      this.#silent.delete(socket);
      if (socket.bytesRead === 0) return this.#end(socket);
    }
    for (const socket of this.#idle) {
      this.#idle.delete(socket);
      return this.#end(socket);
    }
    return false;
  }

  #end(socket: Socket): true {
    this.#leaving += 1;
    socket.once('close', () => {
      this.#leaving -= 1;
    });
    socket.destroy();
    return true;
  }
}
