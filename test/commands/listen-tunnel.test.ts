import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../helpers/certificates.js';
import { installCloudflared } from '../helpers/cloudflared.js';
import { basic, call, formHeaders } from '../helpers/http.js';
import { type Listener, startListener } from '../helpers/listener.js';
import { isProcessAlive } from '../helpers/process-lives.js';
import { run } from '../helpers/run.js';
import { startSshd } from '../helpers/sshd.js';
import { bodyOf } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

const body = bodyOf([{ channel: 'email', event: 'open', msgid: '546' }]);
const right = { ...formHeaders, Authorization: basic('netcore', 'secret') };
const auth = ['--auth', 'netcore:secret'];

interface Line {
  readonly type: string;
  readonly [name: string]: unknown;
}

function lines(text: string): Line[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

/** The address that a `tunnel` line of a state tells. */
async function toldBy(listener: Listener, state: string): Promise<string> {
  const [line] = await listener.line(new RegExp(`^.*"type":"tunnel","state":"${state}".*$`));
  return String((JSON.parse(line) as Line).url);
}

describe('a tunnel by cloudflared', () => {
  test('is told as the Netcore panel asks for it, once calls to it come here', async () => {
    const { env } = installCloudflared();
    const words = ['--tunnel', '--auth', 'generate', '--path', '/hook'];
    const listener = await startListener(words, { env, terminal: true });
    const [, url = ''] = await listener.line(/^ {2}URL +(http\S+\/hook)$/);
    const [, user = ''] = await listener.line(/^ {2}User name +(\S+)$/);
    const [, password = ''] = await listener.line(/^ {2}Password +(\S{24}) /);
    await listener.line(/^ {2}Authentication type +Basic$/);
    expect(url).not.toContain(new URL(listener.url).host);
    expect((await call(url, { headers: formHeaders, body })).status).toBe(401);
    const answer = await call(url, {
      headers: { ...formHeaders, Authorization: basic(user, password) },
      body,
    });
    expect(answer.status).toBe(200);
    const { out, err } = await listener.stop();
    // The call that asked whether the address leads here is nobody's business.
    expect(out.match(/ 401 /g)).toHaveLength(1);
    expect(err).toContain('Stopped after 2 calls');
    expect(err.split(password)).toHaveLength(2);
  });

  test('is a line of its own for programs, and what its ready file waits for', async () => {
    const cloudflared = installCloudflared();
    const file = join(temporaryFolder(), 'ready.json');
    const env = { ...cloudflared.env, NETCORE_HOOK_LISTEN_AUTH: 'generate' };
    const words = ['--json', '--tunnel', '--ready-file', file];
    const listener = await startListener(words, { env });
    const url = await toldBy(listener, 'open');
    await until(() => existsSync(file), 'the ready file');
    const { out, err } = await listener.stop();
    const [ready, tunnel] = lines(out);
    expect(err).toBe('');
    expect(ready).toMatchObject({
      type: 'ready',
      users: ['netcore'],
      tunnelBy: 'cloudflared',
      generated: { user: 'netcore', password: expect.stringMatching(/^[a-zA-Z2-9]{24}$/) },
    });
    expect(tunnel).toEqual({
      schema: 1,
      type: 'tunnel',
      state: 'open',
      time: expect.any(String),
      url,
      changed: false,
      by: 'cloudflared',
      user: 'netcore',
      reason: null,
    });
    const known = JSON.parse(readFileSync(file, 'utf8')) as Line;
    expect(known).toMatchObject({ type: 'ready', url: listener.url, tunnel: url });
    expect(known).not.toHaveProperty('generated');
    const { argv, variables } = await cloudflared.started();
    expect(argv.join(' ')).toMatch(/^tunnel .*--no-autoupdate .*--url http:\/\/127\.0\.0\.1:\d+$/);
    // Its environment can be read, and so it holds no password of ours.
    expect(variables.filter((name) => name.startsWith('NETCORE_HOOK'))).toEqual([]);
    await cloudflared.gone();
  });

  test('leads to a listener that serves HTTPS', async () => {
    const { cert, key } = makeCertificate();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    const words = ['--json', '--tunnel', ...auth, '--tls-cert', 'cert.pem', '--tls-key', 'key.pem'];
    const { env } = installCloudflared();
    const listener = await startListener(words, { env, cwd: folder });
    const url = await toldBy(listener, 'open');
    expect((await call(url, { headers: right, body })).status).toBe(200);
  });

  test.each([
    ['lets in clients of an allowed network, by the address that it tells', '203.0.113.0/24', 200],
    ['lets in nobody when only this machine is allowed', '127.0.0.1', 403],
  ])('%s', async (_, allowed, status) => {
    const { env } = installCloudflared();
    const words = ['--json', '--tunnel', ...auth, '--allow', allowed];
    const listener = await startListener(words, { env });
    const url = await toldBy(listener, 'open');
    const forged = { ...right, 'X-Forwarded-For': '127.0.0.1' };
    expect((await call(url, { headers: forged, body })).status).toBe(status);
    const { out } = await listener.stop();
    const told = lines(out).filter(({ type }) => type === 'capture' || type === 'refused');
    expect(told).toMatchObject([{ remote: '203.0.113.7', status }]);
  });

  test('that dies is opened again, and the changed address is told loudly', async () => {
    const cloudflared = installCloudflared();
    const listener = await startListener(['--tunnel', ...auth], { ...cloudflared, terminal: true });
    const [, before = ''] = await listener.line(/^ {2}URL +(\S+)$/);
    process.kill((await cloudflared.started()).pid, 'SIGKILL');
    await listener.line(/TUNNEL LOST {2}cloudflared has ended: /);
    await listener.line(/THE ADDRESS HAS CHANGED/);
    await cloudflared.started(2);
    const { err } = await listener.stop();
    const urls = [...err.matchAll(/^ {2}URL +(\S+)$/gm)].map(([, url]) => url);
    expect(urls).toHaveLength(2);
    expect(urls[0]).toBe(before);
    expect(urls[1]).not.toBe(before);
    const passwords = [...err.matchAll(/^ {2}Password +(.*)$/gm)].map(([, words]) => words);
    expect(passwords).toEqual(['as given with --auth', 'as before']);
    await cloudflared.gone();
  });

  test('that is refused ends the listener with what cloudflared says', async () => {
    const cloudflared = installCloudflared('refused');
    const words = ['listen', '--port', '0', '--store', temporaryFolder(), '--tunnel', ...auth];
    const { exit, err } = await run(words, { env: cloudflared.env });
    expect(exit).toBe(3);
    expect(err).toContain(
      'error  cloudflared could not open a tunnel: Error unmarshaling QuickTunnel',
    );
    expect(err).toContain('429 Too Many Requests');
    expect(err).toContain('explain tunnel_not_opened');
    await cloudflared.gone();
  });

  test.each([
    ['while it has no address yet', 'mute'],
    ['while its address does not lead here', 'broken'],
    ['when it does not listen to being told to end', 'stubborn'],
  ] as const)('ends with the listener %s', async (_, behaviour) => {
    const cloudflared = installCloudflared(behaviour);
    const listener = await startListener(['--json', '--tunnel', ...auth], cloudflared);
    const { pid } = await cloudflared.started();
    if (behaviour === 'stubborn') await toldBy(listener, 'open');
    expect(isProcessAlive(pid)).toBe(true);
    const { exit } = await listener.stop();
    expect(exit).toBe(0);
    expect(isProcessAlive(pid)).toBe(false);
  });
});

describe('a tunnel by ssh', () => {
  test('leads through a real sshd, by a name of the configuration of ssh', async () => {
    const sshd = await startSshd();
    const words = ['--json', '--tunnel', `ssh:${sshd.user}@hooks-server`, ...auth];
    const listener = await startListener([...words, '--path', '/hook'], sshd);
    const url = await toldBy(listener, 'open');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/hook$/);
    expect(url).not.toBe(listener.url);
    expect((await call(url, { headers: right, body })).status).toBe(200);
    const { out, err } = await listener.stop();
    expect(lines(out).filter(({ type }) => type === 'capture')).toHaveLength(1);
    expect(lines(err)).toMatchObject([{ type: 'warning', code: 'tunnel_plain' }]);
    await expect(call(url)).rejects.toThrow();
  });

  test('tells at once that nobody would believe the certificate', async () => {
    const sshd = await startSshd();
    const { cert, key } = makeCertificate();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    const words = ['--json', '--tunnel', `ssh:${sshd.user}@hooks-server`, ...auth];
    const options = { env: sshd.env, cwd: folder };
    const tls = ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'];
    const listener = await startListener([...words, ...tls], options);
    expect(await toldBy(listener, 'silent')).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const { out, err } = await listener.stop();
    expect(err).toBe('');
    expect(lines(out)[1]).toMatchObject({
      reason:
        'The certificate is self-signed. Netcore may reject it too, and waiting does not help.',
    });
  });

  test('that dies is opened again at the same address', async () => {
    const sshd = await startSshd();
    const words = ['--json', '--tunnel', `ssh:${sshd.user}@127.0.0.1:${sshd.port}`, ...auth];
    const listener = await startListener(words, sshd);
    const url = await toldBy(listener, 'open');
    const [client = 0] = sshd.clients();
    process.kill(client, 'SIGKILL');
    expect(await toldBy(listener, 'lost')).toBe(url);
    await until(async () => (await call(url).catch(() => undefined))?.status === 401, 'its way');
    await listener.stop();
    expect(sshd.clients()).toEqual([]);
  });

  test('that the server does not forward to tells what ssh says', async () => {
    const sshd = await startSshd(['AllowTcpForwarding no']);
    const target = `ssh:${sshd.user}@hooks-server/8080`;
    const words = ['listen', '--port', '0', '--store', temporaryFolder(), ...auth];
    const { exit, err } = await run([...words, '--tunnel', target], sshd);
    expect(exit).toBe(3);
    expect(err).toContain(
      'ssh could not open a tunnel: Error: remote port forwarding failed for listen port 8080.',
    );
  });

  test('that the server does not let in tells what ssh says, and asks nothing', async () => {
    const sshd = await startSshd(['AuthorizedKeysFile none']);
    const target = `ssh:${sshd.user}@127.0.0.1:${sshd.port}`;
    const words = ['listen', '--port', '0', '--store', temporaryFolder(), ...auth];
    const { exit, err } = await run([...words, '--tunnel', target], { ...sshd, terminal: true });
    expect(exit).toBe(3);
    expect(err).toMatch(/ssh could not open a tunnel: .*Permission denied/);
  });
});

describe('--tunnel', () => {
  const { env } = { env: { PATH: '/nonexistent' } };
  test.each([
    ['nobody has to log in', ['--tunnel'], 2, 'Pass --auth user:password, or --auth generate'],
    ['--unprotected is no login', ['--tunnel', '--unprotected'], 2, 'explain tunnel_needs_auth'],
    ['cloudflared is not there', ['--tunnel', ...auth], 3, 'Install'],
    ['ssh is not there', ['--tunnel', 'ssh:shop.example.com', ...auth], 3, 'openssh-client'],
    ['it names no server', ['--tunnel', 'shop.example.com', ...auth], 2, 'contains no ssh server'],
    [
      'ssh would hide who is allowed',
      ['--tunnel', 'ssh:shop.example.com', ...auth, '--allow', '127.0.0.1'],
      2,
      'explain tunnel_hides_clients',
    ],
    ['--quiet hides what was made up', ['--auth', 'generate', '--quiet'], 2, '--quiet would hide'],
  ])('is refused when %s', async (_, words, code, said) => {
    const store = join(temporaryFolder(), 'store');
    const { exit, err } = await run(['listen', '--port', '0', '--store', store, ...words], { env });
    expect(err).toContain(said);
    expect(exit).toBe(code);
    expect(existsSync(store)).toBe(false);
  });
});

test('--auth generate makes up another password each time, and shows it once', async () => {
  const passwords = new Set<string>();
  for (const number of [1, 2]) {
    const listener = await startListener(['--auth', 'generate'], { terminal: true });
    const [, password = ''] = await listener.line(/^Password +(\S+) /);
    const headers = { ...formHeaders, Authorization: basic('netcore', password) };
    expect((await call(listener.url, { headers, body })).status).toBe(200);
    const { out, err } = await listener.stop();
    expect(`${out}${err}`.split(password)).toHaveLength(2);
    passwords.add(password);
    expect(passwords.size).toBe(number);
  }
});
