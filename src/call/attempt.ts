import type { LookupFunction } from 'node:net';
import type { HeaderPairs, OutgoingCall } from './call.js';
import type { Clock } from './clock.js';

/** One try at sending a call, and its outcome. */
export type Attempt = (AnsweredAttempt | FailedAttempt) & {
  /**
   * The call was sent twice: the server closed a connection that had been used before, and no byte
   * of an answer had arrived. This is the outcome of the second time, over a new connection.
   */
  readonly reconnected?: true;
};

export interface AnsweredAttempt {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: HeaderPairs;
  /** The start of the answer's body, at most a kilobyte. */
  readonly body: Uint8Array;
  /** Length of the whole body as far as it was read. */
  readonly bytes: number;
  /** Why the body was not read to its end. The status counts all the same. */
  readonly unfinished?: { readonly code: AttemptFailure; readonly reason: string };
  /** From the first byte sent to the last byte of the answer; when reconnected, from the beginning. */
  readonly ms: number;
}

export interface FailedAttempt {
  readonly kind: 'failed';
  /** Permanent, like `connection_refused`. */
  readonly code: AttemptFailure;
  /** What happened, in a sentence for people. */
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
 * Sends calls as Netcore does: no redirect is followed, and nothing is retried, but for a call that
 * a server did not take because it closed a kept connection.
 */
export interface Sender {
  /**
   * Never rejects: whatever happens on the wire is the attempt's outcome. `most`: milliseconds for
   * this attempt, where that is less than the time-out of all.
   */
  send(call: OutgoingCall, most?: number): Promise<Attempt>;
  /** Closes kept-alive connections. */
  close(): Promise<void>;
}

export interface SenderOptions {
  /** Milliseconds for a whole attempt, connecting included. */
  readonly timeout: number;
  /** Connections kept at a time. */
  readonly connections: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  /**
   * An attempt fails when the body of its answer does not end properly, as with clients that read
   * an answer to its end. Otherwise the status counts, and the end is waited for only briefly.
   */
  readonly wholeAnswers?: boolean;
  /** False: each call has a connection of its own. */
  readonly keepAlive?: boolean;
  /** Finds the addresses of host names; by default, the system does. */
  readonly lookup?: LookupFunction | undefined;
  /** For the age of connections. */
  readonly clock?: Pick<Clock, 'now'>;
}
