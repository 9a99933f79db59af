import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Refusal, RefusalCode } from './admission.js';
import { limits } from './limits.js';

const textType = 'text/plain; charset=utf-8';

/** They reveal nothing that helps to guess. */
const sentences: Readonly<Record<RefusalCode, string>> = {
  no_credentials: 'Unauthorized.',
  not_basic: 'Unauthorized.',
  broken_credentials: 'Unauthorized.',
  unknown_user: 'Unauthorized.',
  wrong_password: 'Unauthorized.',
  malformed_request: 'This is not a valid HTTP request.',
  tls_not_served: 'This listener serves HTTP, not HTTPS.',
  header_too_large: 'The header is too large.',
  request_timeout: 'The request took too long.',
  http_version: 'Only HTTP/1.1 and HTTP/1.0 are supported.',
  ambiguous_host: 'The Host header is missing, repeated or malformed.',
  unclear_address: 'Your address is unknown.',
  address_not_allowed: 'Your address is not allowed.',
  other_site: 'Web pages of other sites may not call this listener.',
  method_not_allowed: 'This method is not supported.',
  other_path: 'This path does not exist.',
  expectation: 'This Expect header is not supported.',
  body_too_large: 'The body is too large.',
  loop: 'This call was forwarded too often: it is in a loop.',
  incomplete: 'The body ended early.',
  too_many_connections: 'Too many connections.',
  too_busy: 'Too many bytes are in flight. Retry later.',
  not_recorded: 'The call could not be recorded. Retry later.',
};

function extraHeaders(status: number): Record<string, string> {
  if (status === 401) {
    return { 'WWW-Authenticate': 'Basic realm="netcore-hook", charset="UTF-8"' };
  }
  if (status === 405) return { Allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' };
  return status === 503 ? { 'Retry-After': '5' } : {};
}

/** `text` is ignored for statuses that have no body. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

/** Answers a call whose body was read completely. */
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

/** Answers without reading the body, so that a client that is still sending receives the answer. */
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
  // Closing at once would reset the connection and lose the answer.
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

export function refusalAnswer({ status, code }: Refusal): Answer {
  return { status, text: `${sentences[code]}\n` };
}

/** A raw answer to input that node:http rejected. */
export function rawAnswer(status: number, code: RefusalCode): string {
  const text = `${sentences[code]}\n`;
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${textType}\r\n` +
    `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`
  );
}

/** Reads and discards the rest within bounds, then calls back once. */
function discard(request: IncomingMessage, done: () => void): void {
  let bytes = 0;
  let over = false;
  const finish = () => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done();
  };
  const timer = setTimeout(finish, limits.maxDiscardMs);
  request.on('data', (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    if (bytes > limits.maxDiscardedBytes) finish();
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
