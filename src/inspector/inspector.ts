import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Problem, problem } from '../problems/problem.js';
import { asProblem, errorCode } from '../problems/translate.js';
import { answer, everyHeader, problemReply, type Reply } from './answers.js';
import { type Assets, loadAssets } from './assets.js';
import { livePath, pathOf, refusalOf } from './guard.js';
import { serveLive } from './live.js';
import { readJsonBody } from './read-body.js';
import { readFilter, readNumber } from './read-request.js';
import { replyTo } from './routes.js';
import type { InspectorSource } from './source.js';

export interface InspectorOptions {
  /** The unguessable token of this run, in letters and digits. */
  readonly token: string;
  /** Opens the data source, on first use. */
  readonly openSource: () => Promise<InspectorSource>;
}

/** The server of the local web page. */
export interface Inspector {
  /** Binds to loopback. Port 0 takes any. Rejects with Node's error when the port is not free. */
  listen(port: number): Promise<number>;
  close(): Promise<void>;
}

/** Maximum number of live pages; others must wait. */
const maxStreams = 16;

export function createInspector({ token, openSource }: InspectorOptions): Inspector {
  let port = 0;
  let assets: Assets | undefined;
  let opening: Promise<InspectorSource> | undefined;
  const streams = new Set<{ readonly stop: () => void }>();

  let opened: InspectorSource | undefined;

  const source = () => {
    if (opened && !opened.isInPlace()) {
      opened.close().catch(() => {});
      opened = undefined;
      opening = undefined;
    }
    opening ??= openSource().then(
      (found) => {
        opened = found;
        return found;
      },
      (error: unknown) => {
        // It may exist the next time.
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, { port, token });
    if (refusal) {
      answer(response, problemReply(refusal.problem, refusal.status));
      return;
    }
    const url = request.url ?? '/';
    const path = pathOf(url);
    const query = new URLSearchParams(url.slice(path.length).replace(/#.*/s, ''));
    if (path === livePath) {
      if (request.method !== 'GET') throw methodProblem(request.method);
      await follow(response, query);
      return;
    }
    answer(response, await reply(request, response, { path, query }));
  }

  async function reply(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query }: { readonly path: string; readonly query: URLSearchParams },
  ): Promise<Reply> {
    if (path.startsWith('/api/')) {
      const method = request.method === 'POST' ? 'POST' : 'GET';
      const body = () => {
        if (request.headers.expect !== undefined) response.writeContinue();
        return readJsonBody(request);
      };
      return replyTo({ method, path, query, body }, await source());
    }
    assets ??= loadAssets(token);
    const asset = assets.get(path);
    if (!asset) throw problem('inspector_nothing_there', {});
    if (request.method === 'POST') throw methodProblem('POST');
    // Preload: the page requests it next, and the browser is busy meanwhile.
    if (path === '/page.js') response.once('finish', () => void source().catch(() => {}));
    return asset;
  }

  async function follow(response: ServerResponse, query: URLSearchParams): Promise<void> {
    const filter = readFilter(query);
    const minutes = readNumber(query, 'minutes', { defaultValue: 60, max: 24 * 60 });
    const found = await source();
    if (response.destroyed) return;
    if (streams.size >= maxStreams) throw problem('inspector_busy', { streams: maxStreams });
    const stream = serveLive(response, found, {
      filter,
      minutes,
      from: query.get('from') || undefined,
    });
    streams.add(stream);
    response.on('close', () => streams.delete(stream));
  }

  const react = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else {
        if (!request.complete) response.setHeader('Connection', 'close');
        answer(response, problemReply(asProblem(error)));
      }
    });
  };
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 5_000,
    maxHeaderSize: 16 * 1024,
    // The guard checks Host.
    requireHostHeader: false,
  });
  server.maxConnections = 256;
  server.on('request', react);
  server.on('checkContinue', react);
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(request, { port, token });
    const found = refusal?.problem ?? unreadable('its Expect header is not supported');
    answer(response, problemReply(found, refusal?.status ?? 417));
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const refusal = refusalOf(request, { port, token });
    refuseRaw(socket, refusal?.status ?? 405, refusal?.problem ?? methodProblem('CONNECT'));
  });
  server.on('clientError', (error, socket: Socket) => {
    const late = errorCode(error) === 'ERR_HTTP_REQUEST_TIMEOUT';
    const reason = late ? 'the request timed out' : 'it is not HTTP';
    refuseRaw(socket, late ? 408 : 400, unreadable(reason));
  });

  return {
    listen: (wanted) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port: wanted, host: '127.0.0.1' }, () => {
          server.off('error', reject);
          // Errors such as running out of file handles pass.
          server.on('error', () => {});
          ({ port } = server.address() as AddressInfo);
          resolve(port);
        });
      }),
    async close() {
      for (const stream of streams) stream.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await opening?.then(
        (found) => found.close(),
        () => {},
      );
    },
  };
}

function methodProblem(method = ''): Problem {
  return problem('inspector_method', { method });
}

function unreadable(reason: string): Problem {
  return problem('inspector_unreadable', { reason });
}

/** For input that never became a request. */
function refuseRaw(socket: Socket, status: number, found: Problem): void {
  const { headers, body } = problemReply(found, status);
  const lines = Object.entries({
    ...everyHeader,
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) {
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  }
  // A client that never closes its end would occupy one of the limited connections.
  socket.destroySoon();
}
