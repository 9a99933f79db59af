import type { Socket } from 'node:net';
import { limits } from './limits.js';

interface ConnectionState {
  /** Requests without an answer yet. */
  inFlight: number;
  /**
   * The server's answer count at the connection's last answer: the lowest has been idle for
   * longest. 0: no answer yet.
   */
  lastAnswer: number;
}

/**
 * A server's open connections. Above the limit, it ends the connection that has been idle for
 * longest, starting with those that never sent anything.
 */
export class Connections {
  readonly #max: number;
  readonly #open = new Set<Socket>();
  /** Oldest first. */
  readonly #states = new Map<Socket, ConnectionState>();
  readonly #surplus = new WeakSet<Socket>();
  #answers = 0;
  /** Connections that are closing to make room, but still open. */
  #leaving = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(socket: Socket): void {
    this.#open.add(socket);
    // Node caches the address on the first read; it is lost once the socket fails.
    void socket.remoteAddress;
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Checks the limit, once for each socket that sends requests. */
  judge(socket: Socket): void {
    if (this.#open.size - this.#leaving > this.#max && !this.#makeRoom()) this.#surplus.add(socket);
    this.#states.set(socket, { inFlight: 0, lastAnswer: 0 });
    const timer = setTimeout(() => {
      // From the first byte on, the timeouts of node:http apply.
      if (socket.bytesRead === 0) socket.destroy();
    }, limits.firstByteTimeoutMs);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#states.delete(socket);
    });
  }

  began(socket: Socket): void {
    const state = this.#states.get(socket);
    if (state) state.inFlight += 1;
  }

  answered(socket: Socket): void {
    const state = this.#states.get(socket);
    if (!state) return;
    state.inFlight -= 1;
    this.#answers += 1;
    state.lastAnswer = this.#answers;
  }

  isSurplus(socket: Socket): boolean {
    return this.#surplus.has(socket);
  }

  /** Ends connections that never sent anything: Node does not count them as idle. */
  endSilent(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }

  /** Ends all connections, including those that never spoke HTTP. */
  endAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Returns whether there was a connection to end. */
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
    for (const [socket, { inFlight, lastAnswer }] of this.#states) {
      if (lastAnswer === 0 && socket.bytesRead === 0) return socket;
      if (inFlight > 0 || lastAnswer === 0 || lastAnswer > foundAnswer) continue;
      found = socket;
      foundAnswer = lastAnswer;
    }
    return found;
  }
}
