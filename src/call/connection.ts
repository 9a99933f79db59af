import type { Socket } from 'node:net';
import { Client } from 'undici';
import type { Attempt, SenderOptions } from './attempt.js';
import type { HeaderPairs, OutgoingCall } from './call.js';
import { type Clock, realClock } from './clock.js';
import { openSocket } from './open-socket.js';
import { RunningAttempt } from './running-attempt.js';
import { type AnswerStart, skipInterimAnswers } from './skip-interim-answers.js';

/** Bounds a connection's age, so that a changed DNS name takes effect. */
const maxConnectionAgeMs = 60_000;

/** One kept-alive connection to one origin, for one attempt at a time. */
export interface Connection {
  /** Whether it leads to the origin of this URL. */
  leadsTo(url: URL): boolean;
  /** False after the connection is cut; it must not be used again. */
  readonly usable: boolean;
  /** True when the connection is older than `maxConnectionAgeMs` and must not be used again. */
  readonly expired: boolean;
  /**
   * The last attempt failed because the server closed a reused connection before any byte of an
   * answer arrived.
   */
  readonly wentStale: boolean;
  /**
   * `maxMs`: milliseconds for this attempt, when below the timeout. `begun`: the start of the call
   * when it was already sent over another connection; its time counts from then.
   */
  attempt(call: OutgoingCall, maxMs?: number, begun?: number): Promise<Attempt>;
  cut(): void;
}

/**
 * Each connection has its own client, so that nothing queues behind a connection that hangs, and
 * undici sends nothing twice.
 */
export function createConnection(url: URL, options: ConnectionOptions): Connection {
  return new ClientConnection(url, options);
}

type ConnectionOptions = Omit<SenderOptions, 'connections' | 'keepAlive'>;

class ClientConnection implements Connection {
  wentStale = false;
  readonly url: URL;
  readonly options: ConnectionOptions;
  socket: Socket | undefined;
  answerStart: AnswerStart | undefined;
  /** The socket that has already carried an answer. */
  usedSocket: Socket | undefined;
  readonly #client: Client;
  readonly #clock: Pick<Clock, 'now'>;
  #openedAt: number;
  #isCut = false;
  /** Of the last call, as undici takes them: most calls of a run share theirs. */
  #last:
    | {
        readonly url: URL;
        readonly pairs: HeaderPairs;
        readonly path: string;
        readonly headers: string[];
      }
    | undefined;

  constructor(url: URL, options: ConnectionOptions) {
    this.url = url;
    this.options = options;
    this.#clock = options.clock ?? realClock;
    this.#openedAt = this.#clock.now();
    this.#client = new Client(url.origin, {
      // Each attempt has one timeout that covers everything.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveMaxTimeout: maxConnectionAgeMs,
      connect: (_target, callback) => {
        this.socket = openSocket(url, options, (error, opened) => {
          if (error) return callback(error, null);
          this.answerStart = skipInterimAnswers(opened);
          this.#openedAt = this.#clock.now();
          callback(null, opened);
        });
      },
    });
  }

  leadsTo(url: URL): boolean {
    return url === this.url || url.origin === this.url.origin;
  }

  get usable(): boolean {
    return !this.#isCut;
  }

  get expired(): boolean {
    return this.#clock.now() - this.#openedAt >= maxConnectionAgeMs;
  }

  cut(): void {
    this.#isCut = true;
    void this.#client.destroy().catch(() => {});
    this.socket?.destroy();
  }

  attempt(call: OutgoingCall, maxMs = this.options.timeout, begun?: number): Promise<Attempt> {
    return new Promise((resolve) => {
      const timeout = Math.min(maxMs, this.options.timeout);
      const attempt = new RunningAttempt(this, timeout, begun, resolve);
      const { method, body } = call;
      const { path, headers } = this.#requestOf(call);
      try {
        this.#client.dispatch(
          { path, method, headers, body: body.length > 0 ? body : null },
          attempt,
        );
      } catch (error) {
        attempt.failWith(error);
      }
    });
  }

  #requestOf({ url, headers: pairs }: OutgoingCall) {
    if (this.#last?.url !== url || this.#last.pairs !== pairs) {
      const path = `${url.pathname}${url.search}`;
      this.#last = { url, pairs, path, headers: pairs.flat() };
    }
    return this.#last;
  }
}
