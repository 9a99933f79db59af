import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { Attempt, SenderOptions } from './attempt.js';
import type { HeaderPairs, OutgoingCall } from './call.js';
import { realClock } from './clock.js';
import { openSocket } from './open-socket.js';
import { type AnswerStart, skipInterimAnswers } from './skip-interim-answers.js';
import {
  type AttemptPhase,
  illegalStatus,
  timeoutFailure,
  unfinishedBody,
  type WireFailure,
  wireFailure,
} from './wire-failure.js';

const keptAnswerBytes = 1024;
/** The connection is cut when an answer's body grows beyond this. */
const maxAnswerBytes = 10 * 1024 * 1024;
/** The connection is cut when the body does not end this long after its head. */
const maxBodyWaitMs = 5_000;
/** Bounds a connection's age, so that a changed DNS name takes effect. */
const maxConnectionAgeMs = 60_000;

/** One kept-alive connection to one origin, for one attempt at a time. */
export interface Connection {
  readonly origin: string;
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
export function createConnection(
  url: URL,
  options: Omit<SenderOptions, 'connections' | 'keepAlive'>,
): Connection {
  const { clock = realClock } = options;
  let socket: Socket | undefined;
  let answerStart: AnswerStart | undefined;
  let openedAt = clock.now();
  /** The socket that has already carried an answer. */
  let usedSocket: Socket | undefined;
  let wentStale = false;
  let isCut = false;
  const client = new Client(url.origin, {
    // Each attempt has one timeout that covers everything.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveMaxTimeout: maxConnectionAgeMs,
    connect: (_target, callback) => {
      socket = openSocket(url, options, (error, opened) => {
        if (error) return callback(error, null);
        answerStart = skipInterimAnswers(opened);
        openedAt = clock.now();
        callback(null, opened);
      });
    },
  });
  const cut = () => {
    isCut = true;
    void client.destroy().catch(() => {});
    socket?.destroy();
  };
  return {
    origin: url.origin,
    get usable() {
      return !isCut;
    },
    get expired() {
      return clock.now() - openedAt >= maxConnectionAgeMs;
    },
    get wentStale() {
      return wentStale;
    },
    cut,
    attempt: (call, maxMs = options.timeout, earlier) =>
      new Promise((resolve) => {
        const timeout = Math.min(maxMs, options.timeout);
        const begun = earlier ?? performance.now();
        let deadline = begun + timeout;
        let sent = begun;
        let reused = false;
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
          if (attempt.kind === 'failed' || attempt.unfinished || bytes > maxAnswerBytes) cut();
          resolve(attempt);
        };
        const answer = () =>
          ({
            kind: 'answered',
            status,
            headers,
            body: Buffer.concat(kept),
            bytes,
            ms: performance.now() - sent,
          }) as const;
        const fail = (failure: WireFailure) => {
          if (phase === 'reading' && !options.wholeAnswers) {
            settle({ ...answer(), unfinished: failure });
          } else settle({ kind: 'failed', ...failure, ms: performance.now() - begun });
        };
        const look = () => {
          const left = Math.ceil(deadline - performance.now());
          if (left > 0) timer = setTimeout(look, Math.min(left, maxBodyWaitMs));
          // After the process was suspended, first read the answer that arrived meanwhile.
          else setImmediate(expire);
        };
        const expire = () =>
          fail(
            deadline === begun + timeout
              ? timeoutFailure(timeout, phase)
              : unfinishedBody(maxBodyWaitMs),
          );
        // Often enough for the deadline to move closer without another timer.
        let timer = setTimeout(look, Math.min(deadline - performance.now(), maxBodyWaitMs));

        const handler: Dispatcher.DispatchHandler = {
          onRequestStart(controller) {
            if (settled) return controller.abort(new Error('settled'));
            if (earlier === undefined) sent = performance.now();
            phase = 'waiting';
            reused = socket === usedSocket;
            answerStart?.expect();
          },
          onResponseStart(controller, code) {
            if (code < 200) return fail(illegalStatus(code));
            phase = 'reading';
            status = code;
            headers = pairsOf(controller.rawHeaders);
            if (!options.wholeAnswers) {
              deadline = Math.min(deadline, performance.now() + maxBodyWaitMs);
            }
          },
          onResponseData(_controller, chunk) {
            if (bytes < keptAnswerBytes) {
              // A copy, so that the rest of the chunk can be freed.
              kept.push(Buffer.from(chunk.subarray(0, keptAnswerBytes - bytes)));
            }
            bytes += chunk.length;
            if (bytes > maxAnswerBytes) settle(answer());
          },
          onResponseEnd() {
            usedSocket = socket;
            settle(answer());
          },
          onResponseError(_controller, error) {
            // These statuses have no body, regardless of Content-Length.
            if (status === 204 || status === 304) return settle(answer());
            const failure = wireFailure(error, url, phase);
            const reset = failure.code === 'connection_reset';
            wentStale = !settled && reset && reused && !answerStart?.arrived;
            fail(failure);
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
