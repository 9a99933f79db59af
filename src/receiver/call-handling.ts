import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { peerAddress } from '../call/addresses.js';
import type { Capture, HeaderPairs, ReceivedCall } from '../call/call.js';
import { withoutSecrets } from '../call/headers.js';
import { instanceHeader } from '../call/own-headers.js';
import { errorCode } from '../problems/translate.js';
import { type AdmissionRules, admissionOf, type Refusal, type RefusalCode } from './admission.js';
import { answer, answerUnread, rawAnswer, refusalAnswer } from './answer.js';
import { HeldAnswers } from './held-answers.js';
import { limits } from './limits.js';
import { MemoryBudget } from './memory-budget.js';
import { readBody } from './read-body.js';

/** Of Prometheus's text format. */
const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export interface HandlingOptions {
  readonly rules: AdmissionRules;
  /** The status for a recorded call. */
  readonly answer: () => number;
  /** Milliseconds by which answers are delayed. */
  readonly delay: number;
  /** Whether the connection is above the limit. Its calls are answered 503. */
  readonly isSurplus: (socket: Socket) => boolean;
  readonly now: () => number;
  /** The health report; `known`: the client sent valid credentials. */
  readonly health: (known: boolean) => HealthReport;
  /** The metrics, when the rules serve them. */
  readonly metrics?: () => string;
  /** Identifies this run of a listener in the health answer. */
  readonly instance?: string;
  /** Resolves once the call is durable. The answer waits for it. */
  readonly record: (call: ReceivedCall) => Promise<Capture>;
  readonly observer: ReceiverObserver;
}

export interface HealthReport {
  /** `failing`: calls arrive and cannot be recorded. It is answered 503. */
  readonly status: 'ok' | 'failing';
  readonly [count: string]: unknown;
}

/** Notified after the answer. Errors thrown here do not change an answer. */
export interface ReceiverObserver {
  captured(capture: Capture): void;
  refused(refusal: RefusedCall): void;
  /** A bug in this tool. The receiver continues. */
  failed(error: unknown): void;
}

export interface RefusedCall extends Refusal {
  readonly time: number;
  readonly remote: string;
  /** Undefined when the request was too broken to parse. */
  readonly method: string | undefined;
  readonly target: string | undefined;
  /** The internal error, for `not_recorded`. */
  readonly error?: unknown;
}

/** The value of the header Expect. */
export type Expectation = 'none' | 'continue' | 'unknown';

/** Admits, records and answers each request, and notifies the observer. */
export class CallHandling {
  readonly #options: HandlingOptions;
  readonly #closing: () => boolean;
  readonly #held = new HeldAnswers();
  readonly #memory = new MemoryBudget(limits.inFlightBodyBytes);
  /** The answer to the newest request of each connection. */
  readonly #answers = new WeakMap<Socket, ServerResponse>();
  /** Connections that were already answered for broken input. */
  readonly #broken = new WeakSet<Socket>();

  constructor(options: HandlingOptions, closing: () => boolean) {
    this.#options = options;
    this.#closing = closing;
  }

  /** Sends delayed answers now. */
  hurry(): void {
    this.#held.release();
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    expectation: Expectation,
  ): Promise<void> {
    const { rules, record, observer, now } = this.#options;
    const time = now();
    this.#answers.set(request.socket, response);
    const admission = admissionOf(request, rules, expectsUnknown(request, expectation));
    const { remote } = admission;
    const refuse = (refusal: Refusal, error?: unknown) => {
      const last = this.#closing() || refusal.code === 'too_many_connections';
      answerUnread(request, response, refusalAnswer(refusal), last);
      this.#reportRefusal(request, remote, refusal, error);
    };
    if (this.#options.isSurplus(request.socket)) {
      return refuse({ status: 503, code: 'too_many_connections' });
    }
    if (admission.kind === 'refused') return refuse(admission.refusal);
    if (admission.kind === 'health') {
      return this.#answerHealth(request, response, admission.known);
    }
    if (admission.kind === 'metrics') {
      const text = this.#options.metrics?.() ?? '';
      return answerUnread(
        request,
        response,
        { status: 200, text, type: metricsType },
        this.#closing(),
      );
    }
    if (expectation === 'continue') response.writeContinue();
    const reading = await readBody(request, rules.maxBody, this.#memory);
    if (reading.kind === 'too_large') return refuse({ status: 413, code: 'body_too_large' });
    if (reading.kind === 'too_busy') return refuse({ status: 503, code: 'too_busy' });
    if (reading.kind === 'incomplete') {
      // The client of a broken connection cannot read an answer.
      if (this.#broken.has(request.socket)) return;
      return this.#reportRefusal(request, remote, { status: 400, code: 'incomplete' });
    }
    const status = this.#options.answer();
    let capture: Capture;
    try {
      capture = await record({
        time,
        method: request.method ?? '',
        target: request.url ?? '',
        remote,
        headers: withoutSecrets(headerPairs(request.rawHeaders), rules.authenticate !== undefined),
        body: reading.body,
        status,
      });
    } catch (error) {
      return refuse({ status: 503, code: 'not_recorded' }, error);
    } finally {
      this.#memory.give(reading.body.byteLength);
    }
    if (this.#options.delay > 0) await this.#held.hold(this.#options.delay);
    const text = status === 200 ? 'OK\n' : `${status}\n`;
    answer(response, { status, text }, this.#closing());
    observer.captured(capture);
  }

  #answerHealth(request: IncomingMessage, response: ServerResponse, known: boolean): void {
    const { health, instance } = this.#options;
    const report = health(known);
    const status = report.status === 'ok' ? 200 : 503;
    const text = `${JSON.stringify(report)}\n`;
    if (instance !== undefined) response.setHeader(instanceHeader, instance);
    answerUnread(request, response, { status, text, type: 'application/json' }, this.#closing());
  }

  #reportRefusal(
    request: IncomingMessage,
    remote: string,
    refusal: Refusal,
    error?: unknown,
  ): void {
    this.#options.observer.refused({
      ...refusal,
      time: this.#options.now(),
      remote,
      method: request.method,
      target: request.url,
      error,
    });
  }

  /** For input that failed before node:http had a complete request. */
  refuseRaw(socket: Socket, status: number, code: RefusalCode, request?: IncomingMessage): void {
    const remote = peerAddress(socket.remoteAddress ?? '');
    if (socket.writable) socket.write(rawAnswer(status, code));
    socket.destroySoon();
    this.#options.observer.refused({
      status,
      code,
      time: this.#options.now(),
      remote,
      method: request?.method,
      target: request?.url,
    });
  }

  /** A connection sent invalid data, or did not send in time. */
  clientError(error: Error, socket: Socket): void {
    const code = errorCode(error);
    if (code === 'ECONNRESET' || code === 'EPIPE') {
      socket.destroy();
      return;
    }
    const newest = this.#answers.get(socket);
    if (newest?.req.complete && !newest.writableFinished && !newest.destroyed) {
      // The previous request is still being answered, and its answer goes first.
      newest.once('close', () => this.#refuseBroken(error, socket));
    } else if (newest?.headersSent && !newest.req.complete) {
      // The error concerns the rest of a request that is already answered.
      socket.destroySoon();
    } else this.#refuseBroken(error, socket);
  }

  #refuseBroken(error: Error, socket: Socket): void {
    this.#broken.add(socket);
    switch (errorCode(error)) {
      case 'HPE_HEADER_OVERFLOW':
      case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
        this.refuseRaw(socket, 431, 'header_too_large');
        break;
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        this.refuseRaw(socket, 408, 'request_timeout');
        break;
      default:
        this.refuseRaw(socket, 400, isTlsHello(error) ? 'tls_not_served' : 'malformed_request');
    }
  }

  dropped(address: string | undefined): void {
    this.#options.observer.refused({
      status: 503,
      code: 'too_many_connections',
      time: this.#options.now(),
      remote: peerAddress(address ?? ''),
      method: undefined,
      target: undefined,
    });
  }
}

/** Whether a client began TLS: the first byte of its handshake is not HTTP. */
function isTlsHello(error: Error): boolean {
  return (
    'rawPacket' in error && error.rawPacket instanceof Uint8Array && error.rawPacket[0] === 0x16
  );
}

/** Node looks for `100-continue` anywhere in the header, which may hold more. */
function expectsUnknown({ headers }: IncomingMessage, expectation: Expectation): boolean {
  if (expectation === 'none') return false;
  return headers.expect?.toLowerCase() !== '100-continue';
}

function headerPairs(raw: readonly string[]): HeaderPairs {
  const pairs: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) {
    pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  }
  return pairs;
}
