import type { LookupFunction } from 'node:net';
import type { HeaderPairs, OutgoingCall } from './call.js';
import type { Clock } from './clock.js';

/** One try at sending a call, and its outcome. */
export type Attempt = (AnsweredAttempt | FailedAttempt) & {
  /**
   * The call was sent twice: the server closed a reused connection before any byte of an answer
   * arrived. The outcome is that of the second try, over a new connection.
   */
  readonly reconnected?: true;
};

export interface AnsweredAttempt {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: HeaderPairs;
  /** The start of the answer's body, at most a kilobyte. */
  readonly body: Uint8Array;
  /** Length of the body as far as it was read. */
  readonly bytes: number;
  /** Why reading the body stopped before its end. The status counts nevertheless. */
  readonly unfinished?: { readonly code: AttemptFailure; readonly reason: string };
  /**
   * From the first byte sent to the last byte of the answer; when reconnected, from the first try.
   */
  readonly ms: number;
}

export interface FailedAttempt {
  readonly kind: 'failed';
  /** A permanent code, like `connection_refused`. */
  readonly code: AttemptFailure;
  /** What happened, as a sentence. */
  readonly reason: string;
  readonly ms: number;
}

export type AttemptFailure =
  | 'dns_failed'
  | 'connection_refused'
  | 'connection_reset'
  | 'unreachable'
  | 'timeout'
  | 'tls_failed'
  | 'answer_broken'
  | 'failed';

/**
 * Sends calls as Netcore does: follows no redirects and does not retry, except when a server closes
 * a kept connection before it reads the call.
 */
export interface Sender {
  /**
   * Never rejects: network failures are outcomes of the attempt. `maxMs`: milliseconds for this
   * attempt, when below the sender's timeout.
   */
  send(call: OutgoingCall, maxMs?: number): Promise<Attempt>;
  /** Closes kept-alive connections. */
  close(): Promise<void>;
}

export interface SenderOptions {
  /** Milliseconds for a whole attempt, connecting included. */
  readonly timeout: number;
  /** Maximum number of open connections. */
  readonly connections: number;
  readonly insecure: boolean;
  /**
   * Fails an attempt whose body does not end properly, as most HTTP clients do. By default the
   * status counts, and the sender waits for the end only briefly.
   */
  readonly wholeAnswers?: boolean;
  /** False: opens a connection for each call. */
  readonly keepAlive?: boolean;
  /** Resolves host names; the system's resolver by default. */
  readonly lookup?: LookupFunction | undefined;
  /** Measures the age of connections. */
  readonly clock?: Pick<Clock, 'now'>;
}
