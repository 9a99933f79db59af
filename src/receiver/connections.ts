import type { Socket } from 'node:net';
import { limits } from './limits.js';

/** What is known of a connection that requests come from. */
interface ConnectionState {
  /** How many of its requests are not answered yet. */
  underWay: number;
  /** Counts answers of all connections: the lower, the longer it has been idle. 0: no answer yet. */
  lastAnswer: number;
}

/**
 * The connections that a server has accepted. When there are too many, the one that has been idle
 * for longest is ended to make room for a new one: those on which nothing has come yet go first.
 */
export class Connections {
  readonly #max: number;
  readonly #open = new Set<Socket>();
  /** The oldest first. */
  readonly #states = new Map<Socket, ConnectionState>();
  readonly #surplus = new WeakSet<Socket>();
  #answers = 0;
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
    if (this.#open.size - this.#leaving > this.#max && !this.#makeRoom()) this.#surplus.add(socket);
    this.#states.set(socket, { underWay: 0, lastAnswer: 0 });
    const timer = setTimeout(() => {
      // From the first byte on, the time-outs of node:http apply.
      if (socket.bytesRead === 0) socket.destroy();
    }, limits.firstByteTimeout);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#states.delete(socket);
    });
  }

  /** A request has come from this socket. */
  began(socket: Socket): void {
    const state = this.#states.get(socket);
    if (state) state.underWay += 1;
  }

  /** The answer to a request of this socket has been sent. */
  answered(socket: Socket): void {
    const state = this.#states.get(socket);
    if (!state) return;
    state.underWay -= 1;
    this.#answers += 1;
    state.lastAnswer = this.#answers;
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
    const socket = this.#maxIdle();
    if (!socket) return false;
    this.#states.delete(socket);
    this.#leaving += 1;
    socket.once('close', () => {
      this.#leaving -= 1;
    });
    socket.destroy();
    return true;
  }

  #maxIdle(): Socket | undefined {
    let found: Socket | undefined;
    let foundAnswer = Number.POSITIVE_INFINITY;
    for (const [socket, { underWay, lastAnswer }] of this.#states) {
      if (lastAnswer === 0 && socket.bytesRead === 0) return socket;
      if (underWay > 0 || lastAnswer === 0 || lastAnswer > foundAnswer) continue;
      found = socket;
      foundAnswer = lastAnswer;
    }
    return found;
  }
}
