import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '../call/addresses.js';
import { metricsPath } from '../call/own-headers.js';
import { expositionType } from '../metrics/exposition.js';
import { problem } from '../problems/problem.js';
import { errorCode, plainReason } from '../problems/translate.js';

export interface MetricsServer {
  /** The URL of the metrics. */
  readonly url: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';
/** Where Prometheus looks by default. */
const defaultPath = '/metrics';

/** Serves metrics on a port of loopback; 0 takes any. Throws a problem when it is not free. */
export async function serveMetrics(port: number, text: () => string): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?', 1);
    const asked = (request.headers.host ?? '').replace(/:\d*$/, '');
    // A web page whose name leads here must not read them.
    if (!isLoopback(asked)) answer(response, 403, 'Forbidden\n');
    else if (path !== defaultPath && path !== metricsPath) answer(response, 404, 'Not found\n');
    else if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'Method not allowed\n');
    } else answer(response, 200, text(), expositionType);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch((error: unknown) => {
    const isTaken = errorCode(error) === 'EADDRINUSE';
    throw problem('usage', {
      message: `Metrics cannot be served on port ${port}: ${isTaken ? 'it is already in use' : plainReason(error)}.`,
      hint: 'Choose another one with --metrics-port; 0 selects a free one.',
    });
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}${defaultPath}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'Content-Type': type }).end(text);
}
