import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Capture, HeaderPairs, ReceivedCall } from '../call/call.js';
import { withoutSecrets } from '../call/headers.js';
import { errorCode } from '../problems/translate.js';
import { peerAddress } from './addresses.js';
import { type AdmissionRules, type Refusal, type RefusalCode, refusalOf } from './admission.js';
import { answer, answerRefusal, rawAnswer } from './answer.js';
import { limits } from './limits.js';
import { readBody } from './read-body.js';

export interface ReceiverOptions {
  readonly rules: AdmissionRules;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** The status that a recorded call is answered. */
  readonly answer: () => number;
  /** Milliseconds that an answer is held back. */
  readonly delay: number;
  readonly now: () => number;
  /** Resolves once the call is durable. Until then it is not answered. */
  readonly record: (call: ReceivedCall) => Promise<Capture>;
  readonly observer: ReceiverObserver;
}

/** Told what happened, after it was answered. Nothing that fails here changes an answer. */
export interface ReceiverObserver {
  captured(capture: Capture): void;
  refused(refusal: RefusedCall): void;
  /** A bug of ours, after the answer or in the way of it. The receiver goes on. */
  failed(error: unknown): void;
}

export interface RefusedCall extends Refusal {
  readonly time: number;
  readonly remote: string;
  /** Undefined when the request was too broken to tell. */
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly headers: HeaderPairs;
  /** What went wrong on our side, for `not_recorded`. */
  readonly error?: unknown;
}

/** The HTTP server: takes calls in, hands them to be recorded, and answers. */
export interface Receiver {
  /** Rejects with Node's error when the address cannot be had. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** Takes no new calls, lets those under way finish within `limits.drainTime`, and ends. */
  close(): Promise<void>;
}

export function createReceiver(options: ReceiverOptions): Receiver {
  const settings = {
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    connectionsCheckingInterval: limits.timeoutCheckEvery,
    keepAliveTimeout: limits.keepAliveTimeout,
    maxHeaderSize: limits.headerBytes,
    // The gate looks at Host itself: node would answer without a word to the observer.
    requireHostHeader: false,
  };
  const server: Server = options.tls
    ? createTlsServer({ ...settings, ...options.tls, minVersion: 'TLSv1.2' })
    : createServer(settings);
  // Counted by the gate instead: node would drop the surplus without a word.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connections;
  // A client may send FIN after its request and still wait for the answer.
  (server as { httpAllowHalfOpen?: boolean }).httpAllowHalfOpen = true;

  const handling = new CallHandling(options, () => !server.listening);
  const { failed } = options.observer;
  server.on('request', (request, response) => {
    handling.handle(request, response, false).catch(failed);
  });
  server.on('checkContinue', (request, response) => {
    handling.handle(request, response, true).catch(failed);
  });
  server.on('checkExpectation', (request, response) =>
    handling.refuse(request, response, { status: 417, code: 'expectation' }),
  );
  server.on('connect', (request, socket: Socket) => {
    handling.refuseRaw(socket, 405, 'method_not_allowed', request);
  });
  server.on('clientError', (error, socket: Socket) => handling.clientError(error, socket));
  server.on('drop', (data) => handling.dropped(data?.remoteAddress));

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, 1024, () => {
          server.off('error', reject);
          // Running out of file handles, for one, passes; the listener stays.
          server.on('error', () => {});
          resolve(server.address() as AddressInfo);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        const impatience = setTimeout(() => server.closeAllConnections(), limits.drainTime);
        server.close(() => {
          clearTimeout(impatience);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

class CallHandling {
  readonly #options: ReceiverOptions;
  readonly #closing: () => boolean;

  constructor(options: ReceiverOptions, closing: () => boolean) {
    this.#options = options;
    this.#closing = closing;
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): Promise<void> {
    const { rules, record, observer, now } = this.#options;
    const time = now();
    const remote = remoteOf(request.socket);
    const refusal = refusalOf(request, remote, rules);
    if (refusal) return this.refuse(request, response, refusal);
    if (expectsContinue) response.writeContinue();
    const reading = await readBody(request, rules.maxBody);
    if (reading.kind === 'too_large') {
      return this.refuse(request, response, { status: 413, code: 'body_too_large' });
    }
    if (reading.kind === 'incomplete') {
      // Nobody is there to read an answer.
      return this.#tellRefused(request, { status: 400, code: 'incomplete' });
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
      return this.refuse(request, response, { status: 503, code: 'not_recorded' }, error);
    }
    if (this.#options.delay > 0) await passTime(this.#options.delay);
    answer(response, status, status === 200 ? 'OK\n' : `${status}\n`, this.#closing());
    observer.captured(capture);
  }

  refuse(
    request: IncomingMessage,
    response: ServerResponse,
    refusal: Refusal,
    error?: unknown,
  ): void {
    answerRefusal(request, response, refusal, this.#closing());
    this.#tellRefused(request, refusal, error);
  }

  #tellRefused(request: IncomingMessage, refusal: Refusal, error?: unknown): void {
    this.#options.observer.refused({
      ...refusal,
      time: this.#options.now(),
      remote: remoteOf(request.socket),
      method: request.method,
      target: request.url,
      headers: headerPairs(request.rawHeaders),
      error,
    });
  }

  /** For what came before there was a request that node:http could hand over. */
  refuseRaw(socket: Socket, status: number, code: RefusalCode, request?: IncomingMessage): void {
    if (socket.writable) socket.write(rawAnswer(status, code));
    socket.destroySoon();
    this.#options.observer.refused({
      status,
      code,
      time: this.#options.now(),
      remote: remoteOf(socket),
      method: request?.method,
      target: request?.url,
      headers: [],
    });
  }

  clientError(error: Error, socket: Socket): void {
    switch (errorCode(error)) {
      case 'HPE_HEADER_OVERFLOW':
      case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
        this.refuseRaw(socket, 431, 'header_too_large');
        break;
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        this.refuseRaw(socket, 408, 'request_timeout');
        break;
      case 'ECONNRESET':
      case 'EPIPE':
        socket.destroy();
        break;
      default:
        this.refuseRaw(socket, 400, 'malformed_request');
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
      headers: [],
    });
  }
}

function headerPairs(raw: readonly string[]): HeaderPairs {
  const pairs: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) {
    pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  }
  return pairs;
}

function remoteOf(socket: Socket): string {
  return peerAddress(socket.remoteAddress ?? '');
}

function passTime(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
