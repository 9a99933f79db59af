import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { Attempt } from './attempt.js';
import type { HeaderPairs, OutgoingCall } from './call.js';
import { openSocket } from './open-socket.js';
import {
  type AttemptPhase,
  timeoutFailure,
  type WireFailure,
  wireFailure,
} from './wire-failure.js';

/** How much of an answer's body an attempt keeps. */
const keptAnswerBytes = 1024;
/** How much of an answer's body is read before the connection is cut. */
const mostAnswerBytes = 10 * 1024 * 1024;

/** One kept-alive connection to one origin, for one attempt at a time. */
export interface Connection {
  readonly origin: string;
  /** False once the connection was cut: it must not be used again. */
  readonly usable: boolean;
  /** `most`: milliseconds, where that is less than the time-out of all attempts. */
  attempt(call: OutgoingCall, most?: number): Promise<Attempt>;
  /** Cuts the connection; an attempt under way fails. */
  cut(): void;
}

/**
 * A client of its own for each connection means that nothing queues behind a connection that
 * hangs, and that nothing is ever sent twice.
 */
export function createConnection(
  url: URL,
  options: { readonly timeout: number; readonly insecure: boolean },
): Connection {
  let socket: Socket | undefined;
  let usable = true;
  const client = new Client(url.origin, {
    // Attempts have one time-out of their own, which covers everything.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_target, callback) => {
      socket = openSocket(url, options, (error, opened) =>
        error ? callback(error, null) : callback(null, opened),
      );
    },
  });
  const cut = () => {
    usable = false;
    void client.destroy().catch(() => {});
    socket?.destroy();
  };
  return {
    origin: url.origin,
    get usable() {
      return usable;
    },
    cut,
    attempt: (call, most = options.timeout) =>
      new Promise((resolve) => {
        const timeout = Math.min(most, options.timeout);
        const begun = performance.now();
        let sent = begun;
        let phase: AttemptPhase = 'connecting';
        let settled = false;
        let status = 0;
        let headers: HeaderPairs = [];
        let bytes = 0;
        const kept: Buffer[] = [];

        const settle = (attempt: Attempt) => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          if (attempt.kind === 'failed' || bytes > mostAnswerBytes) cut();
          resolve(attempt);
        };
        const answered = () =>
          settle({
            kind: 'answered',
            status,
            headers,
            body: Buffer.concat(kept),
            bytes,
            ms: performance.now() - sent,
          });
        const fail = (failure: WireFailure) =>
          settle({
            kind: 'failed',
            code: failure.code,
            reason: failure.reason,
            ms: performance.now() - begun,
          });
        const timer = setTimeout(() => fail(timeoutFailure(timeout, phase)), timeout);

        const handler: Dispatcher.DispatchHandler = {
          onRequestStart(controller) {
            if (settled) return controller.abort(new Error('settled'));
            sent = performance.now();
            phase = 'waiting';
          },
          onResponseStart(controller, code) {
            if (code < 200) return;
            phase = 'reading';
            status = code;
            headers = pairsOf(controller.rawHeaders);
          },
          onResponseData(_controller, chunk) {
            if (bytes < keptAnswerBytes) {
              // A copy: the rest of the chunk need not be kept alive.
              kept.push(Buffer.from(chunk.subarray(0, keptAnswerBytes - bytes)));
            }
            bytes += chunk.length;
            if (bytes > mostAnswerBytes) answered();
          },
          onResponseEnd: answered,
          onResponseError(_controller, error) {
            fail(wireFailure(error, url, phase));
          },
        };
        try {
          client.dispatch(
            {
              path: `${call.url.pathname}${call.url.search}`,
              method: call.method,
              headers: call.headers.flat(),
              body: call.body.length > 0 ? call.body : null,
            },
            handler,
          );
        } catch (error) {
          fail(wireFailure(error, url, phase));
        }
      }),
  };
}

function pairsOf(raw: Dispatcher.DispatchController['rawHeaders']): HeaderPairs {
  if (!Array.isArray(raw)) return [];
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    pairs.push([latin1(raw[at]), latin1(raw[at + 1])]);
  }
  return pairs;
}

function latin1(value: Buffer | string | undefined): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '');
}
