import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Refusal, RefusalCode } from './admission.js';
import { limits } from './limits.js';

const textType = 'text/plain; charset=utf-8';

/** They say nothing that helps to guess. */
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
  unclear_address: 'Your address is unknown.',
  address_not_allowed: 'Your address is not allowed.',
  other_site: 'Web pages of other sites may not call this listener.',
  method_not_allowed: 'This method is not served.',
  other_path: 'This path does not exist.',
  expectation: 'This expectation cannot be met.',
  body_too_large: 'The body is too large.',
  loop: 'This call was forwarded too often: it goes in a circle.',
  incomplete: 'The body ended early.',
  too_many_connections: 'Too many connections.',
  too_busy: 'Too much is under way. Send the call again later.',
  not_recorded: 'The call could not be recorded. Send it again later.',
};

function extraHeaders(status: number): Record<string, string> {
  if (status === 401) {
    return { 'WWW-Authenticate': 'Basic realm="netcore-hook", charset="UTF-8"' };
  }
  if (status === 405) return { Allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' };
  return status === 503 ? { 'Retry-After': '5' } : {};
}

/** An answer that a client gets; the text of those that have a body. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

/** Answers a call whose body was read to its end. */
export function answer(
  response: ServerResponse,
  { status, text, type = textType }: Answer,
  closing: boolean,
): void {
  // These statuses have no body by definition.
  const body = status === 204 || status === 304 ? '' : text;
  response.writeHead(status, {
    ...extraHeaders(status),
    ...(body && { 'Content-Type': type }),
    'Content-Length': Buffer.byteLength(body),
    ...(closing && { Connection: 'close' }),
  });
  response.end(body);
}

/** Answers without reading the body, in a way that a client which is still sending can read. */
export function answerUnread(
  request: IncomingMessage,
  response: ServerResponse,
  given: Answer,
  closing: boolean,
): void {
  if (request.complete || !hasBody(request)) {
    answer(response, given, closing);
    return;
  }
  // Closing at once would reset the connection, and the answer with it.
  const { status, text, type = textType } = given;
  response.writeHead(status, {
    ...extraHeaders(status),
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  });
  if (request.method === 'HEAD') response.flushHeaders();
  else response.write(text);
  discard(request, () => {
    response.end();
    request.socket.destroySoon();
  });
}

/** What a refused client reads. */
export function refusalAnswer({ status, code }: Refusal): Answer {
  return { status, text: `${sentences[code]}\n` };
}

/** The whole answer to what never became a request that node:http could hand over. */
export function rawAnswer(status: number, code: RefusalCode): string {
  const text = `${sentences[code]}\n`;
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${textType}\r\n` +
    `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`
  );
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
