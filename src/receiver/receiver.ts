import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Capture, HeaderPairs, ReceivedCall } from '../call/call.js';
import { withoutSecrets } from '../call/headers.js';
import { errorCode } from '../problems/translate.js';
import { peerAddress } from './addresses.js';
import { type AdmissionRules, type Refusal, type RefusalCode, refusalOf } from './admission.js';
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
  server.on('request', (request, response) => handling.handle(request, response, false));
  server.on('checkContinue', (request, response) => handling.handle(request, response, true));
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

  /** Answers without reading the body, in a way that a client which is still sending can read. */
  refuse(
    request: IncomingMessage,
    response: ServerResponse,
    refusal: Refusal,
    error?: unknown,
  ): void {
    const text = `${sentences[refusal.code]}\n`;
    if (request.complete || !hasBody(request)) {
      answer(response, refusal.status, text, this.#closing());
    } else {
      // Closing at once would reset the connection, and the answer with it.
      response.writeHead(refusal.status, {
        ...extraHeaders(refusal.status),
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Length': Buffer.byteLength(text),
        Connection: 'close',
      });
      if (request.method !== 'HEAD') response.write(text);
      else response.flushHeaders();
      discard(request, () => {
        response.end();
        request.socket.destroySoon();
      });
    }
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
    if (socket.writable) {
      const text = `${sentences[code]}\n`;
      socket.write(
        `HTTP/1.1 ${status} ${reasons[status] ?? 'Refused'}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
          `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
      );
    }
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

/** What a refused client reads. It says nothing that helps to guess. */
const sentences: Readonly<Record<RefusalCode, string>> = {
  no_credentials: 'Unauthorized.',
  not_basic: 'Unauthorized.',
  broken_credentials: 'Unauthorized.',
  unknown_user: 'Unauthorized.',
  wrong_password: 'Unauthorized.',
  malformed_request: 'This is not an HTTP request that can be understood.',
  header_too_large: 'The header is too large.',
  request_timeout: 'The request took too long.',
  http_version: 'Only HTTP/1.1 and HTTP/1.0 are spoken here.',
  ambiguous_host: 'The Host header is missing, repeated or malformed.',
  address_not_allowed: 'Your address is not allowed.',
  method_not_allowed: 'This method is not served.',
  other_path: 'Nothing is served at this path.',
  expectation: 'This expectation cannot be met.',
  body_too_large: 'The body is too large.',
  incomplete: 'The body ended early.',
  too_many_connections: 'Too many connections.',
  not_recorded: 'The call could not be recorded. Send it again later.',
};

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function extraHeaders(status: number): Record<string, string> {
  if (status === 401) {
    return { 'WWW-Authenticate': 'Basic realm="netcore-hook", charset="UTF-8"' };
  }
  if (status === 405) return { Allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' };
  return status === 503 ? { 'Retry-After': '5' } : {};
}

function answer(response: ServerResponse, status: number, text: string, closing: boolean): void {
  // These statuses have no body by definition.
  const body = status === 204 || status === 304 ? '' : text;
  response.writeHead(status, {
    ...extraHeaders(status),
    ...(body && { 'Content-Type': 'text/plain; charset=utf-8' }),
    'Content-Length': Buffer.byteLength(body),
    ...(closing && { Connection: 'close' }),
  });
  response.end(body);
}

/** Reads on and throws away, within bounds, then calls back once. */
function discard(request: IncomingMessage, done: () => void): void {
  let bytes = 0;
  let over = false;
  const finish = () => {
    if (over) return;
    over = true;
    clearTimeout(patience);
    done();
  };
  const patience = setTimeout(finish, limits.discardedTime);
  request.on('data', (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    if (bytes > limits.discardedBytes) finish();
  });
  request.once('end', finish);
  request.once('close', finish);
  request.resume();
}

function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > 0
  );
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
