import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { rightAuthorization } from './check-endpoint.js';
import { serve, serveRaw } from './servers.js';

/** A call that the receiver read, as a handler sees it. */
interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}
type Handler = (call: Call) => unknown;

interface Event {
  readonly channel?: string | null;
  readonly event?: string | null;
  readonly msgid?: unknown;
  readonly event_params?: Readonly<Record<string, unknown>> | null;
}

export function refuse({ response }: Pick<Call, 'response'>, status = 401): void {
  response.writeHead(status, { 'www-authenticate': 'Basic realm="shop"' }).end();
}

/** Reads the whole body first, as most frameworks do. */
export function reading(handle: Handler): Handler {
  return async ({ request, response }) => {
    const bytes = await request.toArray().catch(() => undefined);
    if (bytes) handle({ request, response, body: Buffer.concat(bytes).toString() });
  };
}

/** Takes Basic credentials as it should, and hands on what was let in. */
export function guarded(handle: Handler): Handler {
  return (call) => {
    const [scheme = '', login = ''] = (call.request.headers.authorization ?? '').split(' ');
    const [, right] = rightAuthorization.split(' ');
    if (scheme.toLowerCase() === 'basic' && login === right) handle(call);
    else refuse(call);
  };
}

/** The events of a sound body; undefined where there are none, and 400 where it is malformed. */
export function panelsOf(body: string): Readonly<Record<string, readonly Event[]>> {
  const data = new URLSearchParams(body).get('data');
  if (!data) return {};
  const panels: unknown = JSON.parse(data);
  if (typeof panels !== 'object' || panels === null) throw new TypeError('no panels');
  return panels as Readonly<Record<string, readonly Event[]>>;
}

/** The good receiver: reads every event, and answers 400 to what it cannot read. */
export function good(react: (panel: string, event: Event, call: Call) => void = () => {}): Handler {
  return guarded((call) => {
    try {
      for (const [panel, events] of Object.entries(panelsOf(call.body))) {
        if (!Array.isArray(events)) throw new TypeError('no list');
        for (const event of events) {
          if (typeof event !== 'object' || event === null) throw new TypeError('no event');
          react(panel, event, call);
        }
      }
      call.response.end();
    } catch (error) {
      call.response.writeHead(error instanceof Broken ? 500 : 400).end();
    }
  });
}

/** What a handler did not expect: an answer of 500. */
class Broken extends Error {}

export function broken(): never {
  throw new Broken();
}

export function listen(handle: Handler): Promise<URL> {
  return serve((request, response) => handle({ request, response, body: '' }));
}

export const receiver = (handle: Handler) => () => listen(reading(handle));
export const answering = (status: number, headers: Record<string, string> = {}, text = '') =>
  receiver(guarded(({ response }) => response.writeHead(status, headers).end(text)));
export const withEvents = (handle: Handler) =>
  receiver(guarded((call) => (call.body === '' ? call.response.end() : handle(call))));

/** Answers as a good one would, with a limit for bodies. */
export function limited(most: number): () => Promise<URL> {
  return receiver(
    guarded((call) => {
      if (call.body.length > most) call.response.writeHead(413).end();
      else good()(call);
    }),
  );
}

/** Speaks HTTP/1.0 by hand: one answer, then the end of the connection. */
export function oldServer(): Promise<URL> {
  return serveRaw((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const [head = '', body] = text.split('\r\n\r\n', 2);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      const [, scheme = '', login] = /authorization: (\S+) ?(\S*)/i.exec(head) ?? [];
      const right = scheme.toLowerCase() === 'basic' && `Basic ${login}` === rightAuthorization;
      socket.end(`HTTP/1.0 ${right ? '200 OK' : '401 Unauthorized'}\r\nConnection: close\r\n\r\n`);
    });
  });
}

/** Is gone for good after an event of its choice. */
export async function mortal(dies: (event: Event) => boolean): Promise<URL> {
  const server = createServer((request, response) =>
    reading(
      good((_panel, event) => {
        if (!dies(event)) return;
        server.close();
        server.closeAllConnections();
      }),
    )({ request, response, body: '' }),
  );
  return listenOn(server, '127.0.0.1');
}

export function listenOn(server: ReturnType<typeof createServer>, host: string): Promise<URL> {
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return new Promise((resolve) => {
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      resolve(new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}/hook`));
    });
  });
}
