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
  /** Of this run; letters and digits that nobody can guess. */
  readonly token: string;
  /** Opens what the inspector shows, when somebody first looks at it. */
  readonly openSource: () => Promise<InspectorSource>;
}

/** The local web page's server. */
export interface Inspector {
  /** Binds to loopback, always. Rejects with Node's error when the port, 0 for any, is not free. */
  listen(port: number): Promise<number>;
  close(): Promise<void>;
}

/** Pages that follow at a time; more are told to wait. */
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
        // It may be there the next time.
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
    // The page will ask for it next, and meanwhile the browser is busy with what it has.
    if (path === '/page.js') response.once('finish', () => void source().catch(() => {}));
    return asset;
  }

  async function follow(response: ServerResponse, query: URLSearchParams): Promise<void> {
    const filter = readFilter(query);
    const minutes = readNumber(query, 'minutes', { usual: 60, most: 24 * 60 });
    const found = await source();
    if (response.destroyed) return;
    if (streams.size >= maxStreams) throw problem('inspector_busy', { streams: maxStreams });
    const stream = serveLive(response, found, { filter, minutes });
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
    // The guard looks at Host itself.
    requireHostHeader: false,
  });
  server.maxConnections = 256;
  server.on('request', react);
  server.on('checkContinue', react);
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(request, { port, token });
    const found = refusal?.problem ?? unreadable('its Expect header asks for the unknown');
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
          // Running out of file handles, for one, passes.
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

/** For what never became a request. */
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
  // Who never closes its own end would keep the connection, and of those there are only so many.
  socket.destroySoon();
}
