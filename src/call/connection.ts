import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { Attempt, SenderOptions } from './attempt.js';
import type { HeaderPairs, OutgoingCall } from './call.js';
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

/** How much of an answer's body an attempt keeps. */
const keptAnswerBytes = 1024;
/** How much of an answer's body is read before the connection is cut. */
const maxAnswerBytes = 10 * 1024 * 1024;
/** How long after its head the end of an answer's body is waited for before the connection is cut. */
const maxBodyWaitMs = 5_000;

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
  options: Pick<SenderOptions, 'timeout' | 'insecure' | 'wholeAnswers'>,
): Connection {
  let socket: Socket | undefined;
  let answerStart: AnswerStart | undefined;
  let usable = true;
  const client = new Client(url.origin, {
    // Attempts have one time-out of their own, which covers everything.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_target, callback) => {
      socket = openSocket(url, options, (error, opened) => {
        if (error) return callback(error, null);
        answerStart = skipInterimAnswers(opened);
        callback(null, opened);
      });
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
          const whole = attempt.kind === 'answered' && !attempt.unfinished;
          if (!whole || bytes > maxAnswerBytes) cut();
          resolve(attempt);
        };
        const answered = (unfinished?: WireFailure) =>
          settle({
            kind: 'answered',
            status,
            headers,
            body: Buffer.concat(kept),
            bytes,
            ms: performance.now() - sent,
            ...(unfinished && { unfinished }),
          });
        const fail = (failure: WireFailure) => {
          if (phase === 'reading' && !options.wholeAnswers) answered(failure);
          else settle({ kind: 'failed', ...failure, ms: performance.now() - begun });
        };
        let timer = setTimeout(() => fail(timeoutFailure(timeout, phase)), timeout);
        /** The status is known: what is still to come may take `maxBodyWaitMs` at most. */
        const limitBody = () => {
          if (options.wholeAnswers || timeout - (performance.now() - begun) <= maxBodyWaitMs)
            return;
          clearTimeout(timer);
          timer = setTimeout(() => answered(unfinishedBody(maxBodyWaitMs)), maxBodyWaitMs);
        };

        const handler: Dispatcher.DispatchHandler = {
          onRequestStart(controller) {
            if (settled) return controller.abort(new Error('settled'));
            sent = performance.now();
            phase = 'waiting';
            answerStart?.expect();
          },
          onResponseStart(controller, code) {
            if (code < 200) return fail(illegalStatus(code));
            phase = 'reading';
            status = code;
            headers = pairsOf(controller.rawHeaders);
            limitBody();
          },
          onResponseData(_controller, chunk) {
            if (bytes < keptAnswerBytes) {
              // A copy: the rest of the chunk need not be kept alive.
              kept.push(Buffer.from(chunk.subarray(0, keptAnswerBytes - bytes)));
            }
            bytes += chunk.length;
            if (bytes > maxAnswerBytes) answered();
          },
          onResponseEnd: () => answered(),
          onResponseError(_controller, error) {
            // These statuses have no body, whatever their Content-Length says.
            if (status === 204 || status === 304) answered();
            else fail(wireFailure(error, url, phase));
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
