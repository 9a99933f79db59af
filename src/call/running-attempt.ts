import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import type { AnsweredAttempt, Attempt, SenderOptions } from './attempt.js';
import type { HeaderPairs } from './call.js';
import type { AnswerStart } from './skip-interim-answers.js';
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

/** What an attempt needs of its connection, and changes there. */
interface AttemptConnection {
  readonly url: URL;
  readonly options: Pick<SenderOptions, 'wholeAnswers'>;
  readonly socket: Socket | undefined;
  /** The socket that has already carried an answer. */
  usedSocket: Socket | undefined;
  readonly answerStart: AnswerStart | undefined;
  wentStale: boolean;
  cut(): void;
}

/** Follows one request from its start to its end. */
export class RunningAttempt implements Dispatcher.DispatchHandler {
  readonly #connection: AttemptConnection;
  readonly #timeout: number;
  readonly #resolve: (attempt: Attempt) => void;
  readonly #isRepeated: boolean;
  readonly #begun: number;
  #deadline: number;
  #sent: number;
  #timer: NodeJS.Timeout;
  #reused = false;
  #phase: AttemptPhase = 'connecting';
  #settled = false;
  #status = 0;
  #headers: HeaderPairs = [];
  #bytes = 0;
  readonly #kept: Buffer[] = [];

  constructor(
    connection: AttemptConnection,
    timeout: number,
    begun: number | undefined,
    resolve: (attempt: Attempt) => void,
  ) {
    this.#connection = connection;
    this.#timeout = timeout;
    this.#resolve = resolve;
    this.#isRepeated = begun !== undefined;
    const now = performance.now();
    this.#begun = begun ?? now;
    this.#deadline = this.#begun + timeout;
    this.#sent = this.#begun;
    // Often enough for the deadline to move closer without another timer.
    this.#timer = setTimeout(checkDeadline, Math.min(this.#deadline - now, maxBodyWaitMs), this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) {
      controller.abort(new Error('settled'));
      return;
    }
    const { socket, usedSocket, answerStart } = this.#connection;
    if (!this.#isRepeated) this.#sent = performance.now();
    this.#phase = 'waiting';
    this.#reused = socket === usedSocket;
    answerStart?.expect();
  }

  onResponseStart(controller: Dispatcher.DispatchController, code: number): void {
    if (code < 200) {
      this.#fail(illegalStatus(code));
      return;
    }
    this.#phase = 'reading';
    this.#status = code;
    this.#headers = pairsOf(controller.rawHeaders);
    if (!this.#connection.options.wholeAnswers) {
      this.#deadline = Math.min(this.#deadline, performance.now() + maxBodyWaitMs);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < keptAnswerBytes) {
      // A copy, so that the rest of the chunk can be freed.
      this.#kept.push(Buffer.from(chunk.subarray(0, keptAnswerBytes - this.#bytes)));
    }
    this.#bytes += chunk.length;
    if (this.#bytes > maxAnswerBytes) this.#settle(this.#answer());
  }

  onResponseEnd(): void {
    this.#connection.usedSocket = this.#connection.socket;
    this.#settle(this.#answer());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // These statuses have no body, regardless of Content-Length.
    if (this.#status === 204 || this.#status === 304) {
      this.#settle(this.#answer());
      return;
    }
    const failure = wireFailure(error, this.#connection.url, this.#phase);
    const { answerStart } = this.#connection;
    this.#connection.wentStale =
      !this.#settled &&
      failure.code === 'connection_reset' &&
      this.#reused &&
      !answerStart?.arrived;
    this.#fail(failure);
  }

  /** Of a request that could not be started. */
  failWith(error: unknown): void {
    this.#fail(wireFailure(error, this.#connection.url, this.#phase));
  }

  checkDeadline(): void {
    const left = Math.ceil(this.#deadline - performance.now());
    if (left > 0) this.#timer = setTimeout(checkDeadline, Math.min(left, maxBodyWaitMs), this);
    // After the process was suspended, first read the answer that arrived meanwhile.
    else setImmediate(() => this.#expire());
  }

  #expire(): void {
    this.#fail(
      this.#deadline === this.#begun + this.#timeout
        ? timeoutFailure(this.#timeout, this.#phase)
        : unfinishedBody(maxBodyWaitMs),
    );
  }

  #answer(): AnsweredAttempt {
    const [only, ...more] = this.#kept;
    return {
      kind: 'answered',
      status: this.#status,
      headers: this.#headers,
      body: only && more.length === 0 ? only : Buffer.concat(this.#kept),
      bytes: this.#bytes,
      ms: performance.now() - this.#sent,
    };
  }

  #fail(failure: WireFailure): void {
    if (this.#phase === 'reading' && !this.#connection.options.wholeAnswers) {
      this.#settle({ ...this.#answer(), unfinished: failure });
    } else {
      this.#settle({ kind: 'failed', ...failure, ms: performance.now() - this.#begun });
    }
  }

  #settle(attempt: Attempt): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    const isBroken = attempt.kind === 'failed' || attempt.unfinished !== undefined;
    if (isBroken || this.#bytes > maxAnswerBytes) this.#connection.cut();
    this.#resolve(attempt);
  }
}

function checkDeadline(attempt: RunningAttempt): void {
  attempt.checkDeadline();
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
