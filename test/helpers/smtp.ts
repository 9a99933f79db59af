import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { type Certificate, makeCertificate } from './certificates.js';

interface ReceivedEmail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  /** The whole message. */
  readonly raw: string;
}

export interface MailServer {
  readonly port: number;
  readonly certificate: Certificate;
  readonly emails: readonly ReceivedEmail[];
}

export interface MailServerOptions {
  /** TLS from the first byte. */
  readonly secure?: boolean;
  /** False: no STARTTLS. */
  readonly startTls?: boolean;
  /** Refuses these recipients. */
  readonly refused?: readonly string[];
  readonly login?: { readonly user: string; readonly password: string };
}

/** A mail server on loopback until the end of the test. */
export async function serveMail({
  secure = false,
  startTls = true,
  refused = [],
  login,
}: MailServerOptions = {}): Promise<MailServer> {
  const certificate = makeCertificate();
  const emails: ReceivedEmail[] = [];
  const server = new SMTPServer({
    ...certificate,
    secure,
    disabledCommands: startTls ? [] : ['STARTTLS'],
    authOptional: login === undefined,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.password) done(null, { user: username });
      else done(new Error('authentication failed'));
    },
    onRcptTo({ address }, _session, done) {
      done(refused.includes(address) ? new Error('no such mailbox') : null);
    },
    onData(stream, session, done) {
      void buffer(stream).then((bytes) => {
        const { mailFrom, rcptTo } = session.envelope;
        emails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          user: session.user === undefined ? undefined : String(session.user),
          secure: session.secure,
          raw: bytes.toString('utf8'),
        });
        done(null, 'queued as 4242');
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, certificate, emails };
}
