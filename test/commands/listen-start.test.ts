import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Certificate, makeCertificate } from '../helpers/certificates.js';
import { basic, call, formHeaders } from '../helpers/http.js';
import { type Listener, startListener } from '../helpers/listener.js';
import { openConnection } from '../helpers/raw-connection.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

describe('reading again', () => {
  const attempt = (listener: Listener, password: string) =>
    call(listener.url, {
      headers: { Authorization: basic('netcore', password) },
      body: 'data=1',
    }).then(({ status }) => status);

  test('takes new passwords from the file, every line of it, without a call refused', async () => {
    const file = join(temporaryFolder(), 'credentials');
    writeFileSync(file, 'netcore:old\n', { mode: 0o600 });
    const listener = await startListener(['--auth', `@${file}`, '--auth', 'other:fixed']);
    expect(await attempt(listener, 'old')).toBe(200);
    expect(await attempt(listener, 'new')).toBe(401);
    writeFileSync(file, 'netcore:old\nnetcore:new\n');
    listener.reload();
    await listener.line(/Read credentials and certificate again: "netcore", "other" may log in\./);
    expect(await attempt(listener, 'old')).toBe(200);
    expect(await attempt(listener, 'new')).toBe(200);
  });

  test.each([
    ['gone', (file: string) => rmSync(file), 'Cannot read'],
    ['broken', (file: string) => writeFileSync(file, 'netcore:old\nnetcore\n'), 'line 2'],
    ['empty', (file: string) => writeFileSync(file, ''), 'is empty'],
  ])('a file that is %s says so, and leaves the logins as they were', async (_, spoil, words) => {
    const file = join(temporaryFolder(), 'credentials');
    writeFileSync(file, 'netcore:old\n', { mode: 0o600 });
    const listener = await startListener(['--auth', `@${file}`]);
    spoil(file);
    listener.reload();
    await listener.line(new RegExp(words));
    expect(await attempt(listener, 'old')).toBe(200);
  });

  test('takes a renewed certificate for the connections to come', async () => {
    const folder = temporaryFolder();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const keep = (made: Certificate) => {
      writeFileSync(cert, made.cert);
      writeFileSync(key, made.key);
      return new X509Certificate(made.cert).fingerprint256;
    };
    const first = keep(makeCertificate());
    const listener = await startListener(['--tls-cert', cert, '--tls-key', key]);
    expect(await fingerprint(listener.url)).toBe(first);
    const second = keep(makeCertificate());
    listener.reload();
    await listener.line(/again/);
    expect(await fingerprint(listener.url)).toBe(second);
  });

  function fingerprint(url: string): Promise<string> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(
        { host: hostname, port: Number(port), rejectUnauthorized: false },
        () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
  }
});

describe('starting', () => {
  test.each([
    [['--port', '70000'], 'invalid_value', 2],
    [['--port', 'http'], 'invalid_value', 2],
    [['--max-body', 'huge'], 'invalid_value', 2],
    [['--keep-alive', '0s'], 'invalid_value', 2],
    [['--keep-alive', '75'], 'invalid_value', 2],
    [['--delay', '5'], 'invalid_value', 2],
    [['--respond', '99'], 'invalid_value', 2],
    [['--respond-rate', '2'], 'invalid_value', 2],
    [['--path', 'hook'], 'invalid_value', 2],
    [['--allow', 'everyone'], 'invalid_value', 2],
    [['--allow', ''], 'invalid_value', 2],
    [['--allow', ' , '], 'invalid_value', 2],
    [['--trust-proxy', ''], 'invalid_value', 2],
    [['--trust-proxy', '10.0.0.0/33'], 'invalid_value', 2],
    [['--listen-fd', 'three'], 'invalid_value', 2],
    [['--listen-fd', '19999'], 'listen_fd_invalid', 3],
    [['--wait', '30s'], 'usage', 2],
    [['--exit-after', '0'], 'invalid_value', 2],
    [['--exit-after', '1', '--wait', '30'], 'invalid_value', 2],
    [['--profile', '../x'], 'invalid_value', 2],
    [['--auth', ':secret'], 'credentials_invalid', 2],
    [['--auth', 'netcore'], 'needs_terminal', 2],
    [['--auth', '@nowhere'], 'file_not_read', 3],
    [['--host', ''], 'invalid_value', 2],
    [['--host', '0.0.0.0'], 'listen_unprotected', 2],
    [['--host', '203.0.113.77', '--auth', 'a:b'], 'address_not_here', 3],
    [['--tls-cert', 'cert.pem'], 'usage', 2],
    [['--tls-cert', 'package.json', '--tls-key', 'package.json'], 'tls_invalid', 3],
    [['--ready-file', '/nonexistent/ready'], 'file_not_written', 3],
    [['--ready-file', '/tmp'], 'file_not_written', 3],
    [['--keep-size', '10'], 'invalid_value', 2],
    [['--keep-size', '10 gigabytes'], 'invalid_value', 2],
    [['extra'], 'usage', 2],
    [['--prot', '1'], 'unknown_option', 2],
  ])('with %j is refused with %s', async (words, code, exit) => {
    const store = temporaryFolder();
    const finished = await run([
      ...['listen', '--port', '0', '--no-inspect', '--store', store],
      ...words,
      '--json',
    ]);
    expect(finished).toMatchObject({ exit, out: '' });
    expect(JSON.parse(finished.err)).toMatchObject({ type: 'problem', code, exit });
  });

  test('names the nearest channel and activity', async () => {
    const briefly = ['listen', '--port', '0', '--no-inspect', '--exit-after', '1', '--wait', '1ms'];
    const warned = async (...words: string[]) => {
      const { exit, err } = await run([...briefly, '--store', temporaryFolder(), ...words]);
      expect(exit).toBe(1);
      return err;
    };
    expect(await warned('-c', 'emial')).toContain('Did you mean "email"?');
    expect(await warned('-e', 'clik')).toContain('Did you mean "click"?');
    const forward = ['-f', ':9', '--forward-channel', 'viber'];
    expect(await warned(...forward)).toContain('"viber" is not a known channel');
  });

  test('names the port that is taken, and a free way out', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const { exit, err } = await run([
      'listen',
      '--port',
      String(port),
      '--store',
      temporaryFolder(),
    ]);
    expect(exit).toBe(3);
    expect(err).toContain(`Port ${port} is already in use.`);
    expect(err).toContain('netcore-hook listen --port');
  });

  test('beyond loopback needs a word, and warns', async () => {
    const listener = await startListener(['--host', '0.0.0.0', '--unprotected']);
    const { err } = await listener.stop();
    expect(err).toContain('warning  Any client that reaches 0.0.0.0 can post to this listener');
  });

  test('writes the ready line to a file once calls are taken', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'ready.json');
    writeFileSync(file, 'of an earlier run');
    const listener = await startListener(['--ready-file', file]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      type: 'ready',
      url: listener.url,
    });
    expect(readdirSync(folder)).toEqual(['ready.json']);
  });

  test.each([
    [['--allow', ' , '], {}, '--allow cannot be'],
    [
      [],
      { NETCORE_HOOK_LISTEN_AUTH: ':secret' },
      'NETCORE_HOOK_LISTEN_AUTH does not contain valid credentials',
    ],
    [['--auth', 'a:b', '--auth', ''], {}, '--auth cannot be'],
  ])('with %j and %j says where the wrong value stands', async (words, env, said) => {
    const { exit, err } = await run(['listen', '--store', temporaryFolder(), ...words], { env });
    expect(err).toContain(said);
    expect(exit).toBe(2);
  });

  test('takes credentials from the environment, and asks for a password on a terminal', async () => {
    const listener = await startListener([], { env: { NETCORE_HOOK_LISTEN_AUTH: 'netcore:env' } });
    expect((await call(listener.url, { body: 'data=1' })).status).toBe(401);
    const right = { Authorization: basic('netcore', 'env') };
    expect((await call(listener.url, { headers: right, body: 'data=1' })).status).toBe(200);

    const asking = start(
      ['listen', '--port', '0', '--auth', 'netcore', '--store', temporaryFolder()],
      { terminal: true },
    );
    await asking.line(/Password of netcore/);
    asking.type('typed\r');
    const [, url = ''] = await asking.line(/Listening\S*\s+\S*?(http:\/\/[\d.:]+)/);
    const typed = { Authorization: basic('netcore', 'typed') };
    expect((await call(url, { headers: typed, body: 'data=1' })).status).toBe(200);
    asking.signal();
    const { out, err } = await asking.finished;
    expect(`${out}${err}`).not.toContain('typed');
  });
});

test('serves HTTPS with a certificate of one’s own, and no old TLS', async () => {
  const folder = temporaryFolder();
  const certificate = makeCertificate();
  writeFileSync(join(folder, 'cert.pem'), certificate.cert);
  writeFileSync(join(folder, 'key.pem'), certificate.key);
  const listener = await startListener([
    ...['--tls-cert', join(folder, 'cert.pem')],
    ...['--tls-key', join(folder, 'key.pem')],
  ]);
  expect(listener.url).toMatch(/^https:/);
  const sent = await run(['send', '-c', 'sms', '--to', listener.url, '--insecure']);
  expect(sent).toMatchObject({ exit: 0, out: expect.stringMatching(/^200 /) });
  const old = new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(listener.url);
    connect({ host, port: Number(port), ca: certificate.cert, maxVersion: 'TLSv1.1' })
      .once('secureConnect', resolve)
      .once('error', reject);
  });
  await expect(old).rejects.toThrow();
});

test('answers 503 once its store was removed, and says so', async () => {
  const listener = await startListener([]);
  expect((await call(listener.url, { body: 'data=1' })).status).toBe(200);
  rmSync(join(listener.store, 'captures.db'));
  expect((await call(listener.url, { body: 'data=2' })).status).toBe(503);
  expect((await listener.stop()).out).toContain('captures.db was removed; start listen again');
});

test('a tunnel to an unprotected listener is warned of, once', async () => {
  const listener = await startListener();
  const tunnelled = { ...formHeaders, 'X-Forwarded-For': '203.0.113.9' };
  await call(listener.url, { headers: tunnelled, body: 'data=1' });
  await call(listener.url, { headers: { Host: 'abc.tunnel.example.com' }, body: 'data=1' });
  const { err } = await listener.stop();
  expect(err.match(/reachable from outside/g)?.length).toBe(1);
});

test('stopping does not wait for a client that never began to speak TLS', async () => {
  const folder = temporaryFolder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = makeCertificate();
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.key);
  const listener = await startListener(['--tls-cert', cert, '--tls-key', key]);
  await openConnection(listener.url);
  const begun = performance.now();
  expect((await listener.stop()).exit).toBe(0);
  expect(performance.now() - begun).toBeLessThan(5_000);
});

test('stopping finishes the calls that are under way', async () => {
  const listener = await startListener(['--delay', '300ms']);
  const pending = call(listener.url, { body: 'data=1' });
  // The call is under way once it is recorded.
  for (;;) {
    const { out } = await run(['history', '--json', '--store', listener.store]);
    if (out !== '') break;
    await new Promise(setImmediate);
  }
  const { exit } = await listener.stop();
  expect(exit).toBe(0);
  expect((await pending).status).toBe(200);
});
