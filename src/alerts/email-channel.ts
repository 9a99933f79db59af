import { createHash } from 'node:crypto';
import type { SMTPTransportOptions } from 'nodemailer';
import { wireFailure } from '../call/wire-failure.js';
import { plainReason } from '../problems/translate.js';
import type { Alert } from './alert.js';
import type { AlertChannel, Delivery } from './alerts.js';
import { alertFacts } from './url-bodies.js';

/** A server that takes e-mail, and what is sent there. */
export interface EmailOptions {
  readonly to: readonly string[];
  readonly from: string;
  readonly server: SmtpServer;
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `at once`: TLS from the first byte. `required`: STARTTLS, or nothing is sent. */
  readonly tls: 'at once' | 'required' | 'if offered';
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Milliseconds. */
const maxSendMs = 30_000;
const maxConnectMs = 10_000;

/** Sends each alert as an e-mail, over a connection of its own. `ca`: certificates to trust as well. */
export function emailChannel(
  { to, from, server }: EmailOptions,
  host: string,
  { ca, maxMs = maxSendMs }: { readonly ca?: string; readonly maxMs?: number } = {},
): AlertChannel {
  return {
    name: '--alert-email',
    async deliver(alert, signal) {
      // Most listeners send no e-mail.
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        ...connectionTo(server, host),
        tls: {
          // A mail server on this machine often has only a certificate that it made itself.
          rejectUnauthorized: server.tls !== 'if offered',
          ...(ca === undefined ? {} : { ca }),
        },
      });
      const limit = AbortSignal.timeout(maxMs);
      try {
        const sent = await transport.sendMail({
          from,
          to: [...to],
          ...emailOf(alert, from),
          disableFileAccess: true,
          disableUrlAccess: true,
          signal: AbortSignal.any([signal, limit]),
        });
        return deliveryOf(sent);
      } catch (error) {
        if (limit.aborted) return failed(`It took longer than ${maxMs / 1000} s.`);
        if (signal.aborted) return failed('It was stopped because it timed out.');
        return failed(failureText(error, server));
      } finally {
        transport.close();
      }
    },
  };
}

function connectionTo(server: SmtpServer, host: string): SMTPTransportOptions {
  const { user, password } = server;
  return {
    host: server.host,
    port: server.port,
    secure: server.tls === 'at once',
    requireTLS: server.tls === 'required',
    name: host,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: maxConnectMs,
    greetingTimeout: maxConnectMs,
    socketTimeout: maxConnectMs,
    dnsTimeout: maxConnectMs,
  };
}

/** The subject, the text, and headers that join the e-mails about a condition to one thread. */
function emailOf(alert: Alert, from: string) {
  const facts = alertFacts(alert).map(([name, value]) => `${`${name}:`.padEnd(12)} ${value}`);
  const thread = createHash('sha256').update(alert.key).digest('hex').slice(0, 32);
  const domain = from.replace(/^.*@|>$/g, '') || 'localhost';
  const state = alert.state === 'resolved' ? 'resolved' : alert.severity;
  return {
    subject: `[netcore-hook ${alert.host}] ${state}: ${alert.title}`,
    text: [alert.message, '', ...facts, ''].join('\n'),
    references: `<${thread}@${domain}>`,
    headers: {
      // Answers of an absence must not come back.
      'Auto-Submitted': 'auto-generated',
      'X-Netcore-Hook-Alert': alert.kind,
    },
  };
}

interface Sent {
  readonly response: string;
  readonly rejected: readonly string[];
  readonly rejectedErrors?: readonly Error[] | undefined;
}

function deliveryOf({ response, rejected, rejectedErrors = [] }: Sent): Delivery {
  if (rejected.length === 0) return { delivered: true, answer: response };
  const [reason] = rejectedErrors;
  const why = reason === undefined ? '' : `: ${plainReason(reason)}`;
  return failed(`It was rejected for ${rejected.join(', ')}${why}`);
}

function failed(answer: string): Delivery {
  return { delivered: false, answer };
}

/** The library hides the code of the system or of TLS behind one of its own. */
function failureText(error: unknown, { host, port }: SmtpServer): string {
  if (error instanceof Error && 'originalCode' in error) {
    const cause = Object.assign(new Error(error.message), { code: error.originalCode });
    const name = host.includes(':') ? `[${host}]` : host;
    return wireFailure(cause, new URL(`smtp://${name}:${port}`), 'connecting').reason;
  }
  return `${capitalized(plainReason(error)).replace(/\.+$/, '')}.`;
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
