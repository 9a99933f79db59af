import { errorCode } from '../problems/translate.js';
import type { AttemptFailure } from './attempt.js';

/** Why no answer arrived: the attempt's permanent code and a sentence. */
export interface WireFailure {
  readonly code: AttemptFailure;
  readonly reason: string;
  /** The certificate is at fault. */
  readonly certificate?: true;
}

/** The phase in which an attempt failed. */
export type AttemptPhase = 'connecting' | 'waiting' | 'reading';

/** Translates an error of the network, TLS or HTTP into a failure of a request to `url`. */
export function wireFailure(thrown: unknown, url: URL, phase: AttemptPhase): WireFailure {
  const error = mostSpecific(thrown);
  const code = errorCode(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  const certificate = certificateFault(code, error, url);
  if (certificate) return { code: 'tls_failed', reason: certificate, certificate: true };
  switch (code) {
    case 'ENOTFOUND':
    case 'ENODATA':
      return { code: 'dns_failed', reason: `The host name ${url.hostname} cannot be resolved.` };
    case 'EAI_AGAIN':
    case 'ESERVFAIL':
      return {
        code: 'dns_failed',
        reason: `The name ${url.hostname} could not be looked up: no name server answers.`,
      };
    case 'ECONNREFUSED':
      return {
        code: 'connection_refused',
        reason: `Nothing is listening at ${hostAndPort(url)}.`,
      };
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return { code: 'unreachable', reason: `No route leads to ${hostAndPort(url)}.` };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'unreachable',
        reason: `This machine does not allow calls to ${hostAndPort(url)}.`,
      };
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return { code: 'timeout', reason: `${hostAndPort(url)} does not respond.` };
    case 'EADDRNOTAVAIL':
      return { code: 'failed', reason: `No local port is free for a call to ${hostAndPort(url)}.` };
    case 'EMFILE':
    case 'ENFILE':
      return { code: 'failed', reason: 'This process has reached its limit of open connections.' };
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return { code: 'failed', reason: 'The call was stopped.' };
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return closedEarly(url, phase);
    case 'UND_ERR_SOCKET':
      return message === 'bad upgrade' ? illegalStatus(101) : closedEarly(url, phase);
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return {
        code: 'answer_broken',
        reason:
          phase === 'reading'
            ? 'The response is shorter or longer than its Content-Length.'
            : 'The response has two Content-Length headers, or one together with Transfer-Encoding.',
      };
    case 'UND_ERR_HEADERS_OVERFLOW':
      return { code: 'answer_broken', reason: 'The response headers are too long.' };
  }
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return { code: 'answer_broken', reason: notHttp(error) };
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') {
    return { code: 'tls_failed', reason: handshakeFault(code, message) };
  }
  return { code: 'failed', reason: `The call failed: ${message.replace(/\.$/, '')}.` };
}

export function timeoutFailure(timeout: number, phase: AttemptPhase): WireFailure {
  const within = `within ${timeout < 1000 ? `${timeout} ms` : `${timeout / 1000} s`}`;
  switch (phase) {
    case 'connecting':
      return { code: 'timeout', reason: `No connection was established ${within}.` };
    case 'waiting':
      return { code: 'timeout', reason: `No response was received ${within}.` };
    case 'reading':
      return { code: 'timeout', reason: `The answer was not complete ${within}.` };
  }
}

/** The status is known, but the body did not end in time. */
export function unfinishedBody(waitedMs: number): WireFailure {
  const reason = `The answer's body did not end within ${waitedMs / 1000} s.`;
  return { code: 'answer_broken', reason };
}

/** For a status below 200 that is not an interim answer. */
export function illegalStatus(status: number): WireFailure {
  const reason =
    status === 101
      ? 'The response is 101 Switching Protocols, but no upgrade was requested.'
      : `The answer has the status ${String(status).padStart(3, '0')}, which is not an HTTP status.`;
  return { code: 'answer_broken', reason };
}

/**
 * A name with several addresses fails once for each; a refusal is more useful than a missing route.
 */
function mostSpecific(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const errors: readonly unknown[] = error.errors;
  return errors.find((each) => errorCode(each) === 'ECONNREFUSED') ?? errors.at(-1) ?? error;
}

function hostAndPort(url: URL): string {
  return url.port === '' ? `${url.host}:${url.protocol === 'https:' ? 443 : 80}` : url.host;
}

function closedEarly(url: URL, phase: AttemptPhase): WireFailure {
  switch (phase) {
    case 'connecting':
      return url.protocol === 'https:'
        ? { code: 'tls_failed', reason: 'The connection was closed during the TLS handshake.' }
        : { code: 'connection_reset', reason: 'The connection was closed at once.' };
    case 'waiting':
      return {
        code: 'connection_reset',
        reason: 'The connection was closed before a response was received.',
      };
    case 'reading':
      return {
        code: 'answer_broken',
        reason: 'The connection was closed in the middle of the response.',
      };
  }
}

const tlsRecord = /^[\x14-\x17]\x03/;

function notHttp(error: Error): string {
  const data: unknown = 'data' in error ? error.data : undefined;
  if (typeof data === 'string' && tlsRecord.test(data)) {
    return 'The response is TLS, not HTTP. Use https in the URL.';
  }
  const detail = /\((.+)\)$/.exec(error.message)?.[1];
  if (detail === undefined || detail.startsWith('Expected HTTP/'))
    return 'The response is not HTTP.';
  if (detail.includes('EOF')) return 'The connection was closed in the middle of the response.';
  return `The response is not valid HTTP: ${detail}.`;
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function certificateFault(code: string, error: unknown, url: URL): string | undefined {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'The certificate has expired.';
    case 'CERT_NOT_YET_VALID':
      return 'The certificate is not valid yet.';
    case 'CERT_REVOKED':
      return 'The certificate was revoked.';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'The certificate is self-signed.';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'The certificate was issued by an untrusted authority.';
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'The certificate chain is incomplete: the server does not send the intermediate certificate, or its authority is not trusted.';
    case 'CERT_UNTRUSTED':
    case 'CERT_REJECTED':
    case 'INVALID_CA':
    case 'INVALID_PURPOSE':
      return 'The certificate is not valid for web servers.';
    case 'CERT_SIGNATURE_FAILURE':
      return "The certificate's signature is wrong.";
    case 'HOSTNAME_MISMATCH':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate is for ${certificateNames(error)}, not for ${url.hostname}.`;
    default:
      return undefined;
  }
}

function certificateNames(error: unknown): string {
  const certificate: unknown = error instanceof Error && 'cert' in error ? error.cert : undefined;
  const names: unknown =
    typeof certificate === 'object' && certificate !== null && 'subjectaltname' in certificate
      ? certificate.subjectaltname
      : undefined;
  if (typeof names !== 'string' || names === '') return 'another name';
  return names
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''))
    .join(', ');
}

function handshakeFault(code: string, message: string): string {
  const text = `${code} ${message}`.toLowerCase();
  if (/wrong.version.number|packet.length.too.long|http.request/.test(text)) {
    return 'The server does not speak TLS. The URL may need http.';
  }
  if (/protocol.version|unsupported.protocol|version.too.low/.test(text)) {
    return 'The server does not support TLS 1.2 or later.';
  }
  if (/certificate.required|bad.certificate/.test(text)) {
    return 'The server requires a client certificate, which Netcore does not send.';
  }
  if (/unrecognized.name/.test(text)) return 'The server has no certificate for this name.';
  if (/handshake.failure|no.shared.cipher/.test(text)) {
    return 'The server and the client have no cipher in common.';
  }
  return `The TLS handshake failed: ${message.trim().replace(/\.$/, '')}.`;
}
