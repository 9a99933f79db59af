import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import {
  type EmailOptions,
  emailChannel,
  type SmtpServer,
} from '../../src/alerts/email-channel.js';
import { alertTime, described, handlerUrl, silence } from '../helpers/alerts.js';
import { makeCertificate } from '../helpers/certificates.js';
import { nobodyThere, serveRaw } from '../helpers/servers.js';
import { type MailServer, serveMail } from '../helpers/smtp.js';

const never = new AbortController().signal;
const to = ['asha@example.com', 'ops@example.com'];
const login = { user: 'netcore', password: 'correct-horse' };
const alert = described(
  { kind: 'breaker_opened', since: alertTime, to: handlerUrl, status: 500, reason: 'down' },
  { outlook: () => ({ firstGiveUp: alertTime + 86_400_000, diskFull: undefined }) },
);

function server(port: number, changes: Partial<SmtpServer> = {}): SmtpServer {
  return {
    host: '127.0.0.1',
    port,
    tls: 'required',
    user: undefined,
    password: undefined,
    ...changes,
  };
}

function send(
  smtp: SmtpServer,
  { ca, maxMs, ...options }: Partial<EmailOptions> & { ca?: string; maxMs?: number } = {},
  sent: Alert = alert,
) {
  const email = { to, from: 'netcore-hook@example.com', server: smtp, ...options };
  return emailChannel(email, 'shop-1', { ...(ca && { ca }), ...(maxMs && { maxMs }) }).deliver(
    sent,
    never,
  );
}

function trusting({ certificate }: MailServer) {
  return { ca: certificate.cert };
}

describe('an alert by e-mail', () => {
  test.each([
    ['at once', true],
    ['required', false],
  ] as const)('is sent with TLS %s, with a login, to every address', async (tls, secure) => {
    const mail = await serveMail({ secure, login });
    const delivery = await send(server(mail.port, { tls, ...login }), trusting(mail));
    expect(delivery).toEqual({ delivered: true, answer: '250 queued as 4242' });
    expect(mail.emails).toMatchObject([
      { from: 'netcore-hook@example.com', to, user: 'netcore', secure: true },
    ]);
  });

  test('says what happened, what is lost, until when it is safe, and what helps', async () => {
    const mail = await serveMail();
    await send(server(mail.port), trusting(mail));
    const [headers = '', ...paragraphs] = mail.emails[0]!.raw.split('\r\n\r\n');
    const text = paragraphs.join('\r\n\r\n').replace(/=\r\n/g, '').replace(/=3D/g, '=');
    expect(headers).toContain('Subject: [netcore-hook shop-1] warning: The handler is failing');
    expect(headers).toMatch(/^To: asha@example\.com, ops@example\.com\r$/m);
    expect(headers).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(text.split('\r\n')).toEqual([
      alert.message,
      '',
      'Severity:    warning, firing',
      'Since:       2026-11-23T12:00:00.000Z',
      'Lost now:    Nothing: calls are recorded, and wait for the handler.',
      'Safe until:  2026-11-24T12:00:00.000Z (the first waiting call is given up then)',
      'Host:        shop-1',
      'Listener:    http://127.0.0.1:4400/',
      `Try:         netcore-hook test-endpoint ${handlerUrl}`,
      '',
    ]);
  });

  test('joins the thread of its condition', async () => {
    const mail = await serveMail();
    const over = described({ kind: 'breaker_closed', to: handlerUrl, lasted: 60_000 });
    for (const each of [alert, over, described(silence())]) {
      await send(server(mail.port), trusting(mail), each);
    }
    const threads = mail.emails.map(({ raw }) => /^References: (\S+)/m.exec(raw)?.[1]);
    expect(threads[0]).toMatch(/^<\w+@example\.com>$/);
    expect(threads[1]).toBe(threads[0]);
    expect(threads[2]).not.toBe(threads[0]);
    expect(mail.emails[1]?.raw).toContain('resolved: The handler works again');
  });

  test.each(['\r\nBcc: eve@example.com', '\nBcc: eve@example.com', '\u2028Bcc: eve@example.com'])(
    'has no header that a panel wrote: %j',
    async (forged) => {
      const mail = await serveMail();
      const webhooks = [{ panel: `shop${forged}`, webhook: `Orders${forged}`, since: alertTime }];
      const sent = described(silence({ all: false, webhooks }));
      expect(await send(server(mail.port), trusting(mail), sent)).toMatchObject({
        delivered: true,
      });
      const [headers = ''] = mail.emails[0]!.raw.split('\r\n\r\n', 1);
      expect(headers.replace(/\r\n[ \t]+/g, ' ')).not.toMatch(/^bcc:/im);
      expect(mail.emails[0]?.to).toEqual(to);
    },
  );

  test('with a wrong password is not sent, and the password is not repeated', async () => {
    const mail = await serveMail({ login });
    const wrong = { user: 'netcore', password: 'wrong-horse' };
    const { delivered, answer } = await send(server(mail.port, wrong), trusting(mail));
    expect(delivered).toBe(false);
    expect(answer).toBe('Invalid login: 535 authentication failed.');
    expect(mail.emails).toEqual([]);
  });

  test('is not sent to a server without STARTTLS', async () => {
    const mail = await serveMail({ startTls: false });
    const { delivered, answer } = await send(server(mail.port), trusting(mail));
    expect(delivered).toBe(false);
    expect(answer).toMatch(/STARTTLS/);
    expect(mail.emails).toEqual([]);
  });

  test.each(['at once', 'required'] as const)(
    'is not sent to a server with an unknown certificate: TLS %s',
    async (tls) => {
      const mail = await serveMail({ secure: tls === 'at once', login });
      const other = makeCertificate().cert;
      const smtp = server(mail.port, { tls, ...login });
      const { delivered, answer } = await send(smtp, { ca: other });
      expect(delivered).toBe(false);

      expect(answer).toBe('The certificate is self-signed.');
      expect(mail.emails).toEqual([]);
    },
  );

  test.each([true, false])('uses a relay on this machine, with STARTTLS %s', async (startTls) => {
    const mail = await serveMail({ startTls });
    const smtp = server(mail.port, { tls: 'if offered' });
    expect(await send(smtp)).toMatchObject({ delivered: true });
    expect(mail.emails).toMatchObject([{ secure: startTls }]);
  });

  test('that one address refuses has failed, and names the address', async () => {
    const mail = await serveMail({ refused: ['ops@example.com'] });
    const { delivered, answer } = await send(server(mail.port), trusting(mail));
    expect(delivered).toBe(false);
    expect(answer).toMatch(/^It was rejected for ops@example\.com: .*no such mailbox/);
    expect(mail.emails).toMatchObject([{ to: ['asha@example.com'] }]);
  });

  test('gives up on a server that hangs', async () => {
    const { port } = await serveRaw(() => {});
    expect(await send(server(Number(port)), { maxMs: 100 })).toEqual({
      delivered: false,
      answer: 'It took longer than 0.1 s.',
    });
  });

  test('gives up on a server that hangs after its greeting, when the listener stops', async () => {
    const stop = new AbortController();
    const { port } = await serveRaw((socket) => {
      socket.write('220 mail.example.com\r\n');
      socket.on('data', () => stop.abort());
    });
    const email = { to, from: 'netcore-hook@example.com', server: server(Number(port)) };
    expect(await emailChannel(email, 'shop-1').deliver(alert, stop.signal)).toEqual({
      delivered: false,
      answer: 'It was stopped because it timed out.',
    });
  });

  test('says why a server cannot be reached', async () => {
    const { port } = await nobodyThere();
    const { delivered, answer } = await send(server(Number(port)));
    expect(delivered).toBe(false);
    expect(answer).toBe(`Nothing is listening at 127.0.0.1:${port}.`);
  });
});
