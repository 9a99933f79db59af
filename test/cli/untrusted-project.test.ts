import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { project } from '../helpers/project.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const email = [
  'listen',
  '--port',
  '0',
  '--no-inspect',
  '--alert-email',
  'a@example.com',
  '--smtp-from',
  'b@example.com',
];
const listen = ['listen', '--port', '0', '--exit-after', '1', '--wait', '1ms'];
const listenTls = [...listen, '--tls-key', 'key.pem'];
const forward = [...listen, '--forward-to', ':1'];
const send = ['send', '-c', 'email', '--to', ':1/hook'];
const secret = 'asha:ghp_s3cret';

/** A file of the user outside the project, and a project with a link to it and to its folder. */
function victim(settings: (file: string) => unknown): { cwd: string; file: string } {
  const home = temporaryFolder();
  const file = join(home, '.git-credentials');
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  const cwd = project(settings(file));
  symlinkSync(file, join(cwd, 'link.auth'));
  symlinkSync(home, join(cwd, 'folder'));
  symlinkSync(join(home, 'missing'), join(cwd, 'missing'));
  mkdirSync(join(cwd, 'real'));
  return { cwd, file };
}

describe('a project file that was found', () => {
  const env = { AWS_SECRET_ACCESS_KEY: 's3cret', SHOP: `https://${secret}@shop.example.com` };
  const aws = { env: 'AWS_SECRET_ACCESS_KEY' };
  const files: [key: string, (file: string) => unknown, words: readonly string[]][] = [
    ['auth', (file) => ({ auth: `@${file}` }), send],
    ['auth', () => ({ auth: '@link.auth' }), send],
    ['auth', () => ({ auth: '@~/.git-credentials' }), send],
    ['store', () => ({ store: '~' }), ['history']],
    ['auth', () => ({ auth: '@folder/.git-credentials' }), send],
    ['auth', () => ({ auth: '@real/../../x.auth' }), send],
    ['auth', () => ({ auth: '@real/../folder/none' }), send],
    ['listenAuth', (file) => ({ listenAuth: ['netcore', `@${file}`] }), listen],
    ['forwardAuth', (file) => ({ forwardAuth: `@${file}` }), forward],
    ['tlsCert', (file) => ({ tlsCert: file }), listenTls],
    ['tlsKey', () => ({ tlsKey: 'link.auth' }), [...listen, '--tls-cert', 'cert.pem']],
    ['store', () => ({ store: '..' }), ['history']],
    ['store', () => ({ store: 'folder' }), ['history']],
    ['store', () => ({ store: 'folder/captures' }), listen],
    ['store', () => ({ store: 'missing' }), listen],
    ['panel', () => ({ panel: aws }), send],
    ['auth', () => ({ auth: aws }), send],
    ['queue', () => ({ queue: aws }), forward],
    ['allow', () => ({ allow: ['192.0.2.7', aws] }), listen],
    ['to', () => ({ to: { env: 'SHOP' } }), ['send', '-c', 'email']],
    ['to', () => ({ to: 'https://collector.example.com' }), ['send', '-c', 'email']],
    ['to', () => ({ to: '127.0.0.1.example.com' }), ['test-endpoint']],
    ['to', () => ({ to: '192.168.1.1:80' }), ['replay', 'last']],
    ['forwardTo', () => ({ forwardTo: 'http://[2001:db8::1]/' }), listen],
    ['forwardTo', () => ({ forwardTo: 'collector.example.com' }), ['queue', 'work']],
    ['queue', () => ({ queue: 'redis://collector.example.com' }), forward],
    ['alertUrl', () => ({ alertUrl: 'https://collector.example.com' }), listen],
    ['heartbeatUrl', () => ({ heartbeatUrl: 'https://collector.example.com' }), listen],
    ['alertEmail', () => ({ alertEmail: ['eve@example.com'] }), listen],
    ['smtp', () => ({ smtp: 'smtps://collector.example.com' }), email],
    ['smtp', (file) => ({ smtp: `@${file}` }), email],
    ['smtpPassword', (file) => ({ smtpPassword: `@${file}` }), email],
    ['host', () => ({ host: '0.0.0.0' }), listen],
    ['host', () => ({ host: '::' }), listen],
  ];

  test.each(files)('does not set %s to %s', async (key, settings, words) => {
    const { cwd } = victim(settings);
    const before = readdirSync(cwd);
    const { exit, out, err } = await run(words, { cwd, env: { ...env, XDG_DATA_HOME: cwd } });
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    const path = join(cwd, 'netcore-hook.config.json');
    expect(err).toMatch(new RegExp(`^error {2}"${key}" in ${path}:\\d+ (?:names|refers to) `));
    expect(err).toContain('This project file is not trusted.');
    expect(err).toContain(`--config ${path}`);
    expect(err).not.toContain('s3cret');
    // Nothing was created for it either.
    expect(readdirSync(cwd)).toEqual(before);
  });

  test.each([
    [{ auth: '@real/shop.auth' }, send],
    [{ auth: { env: 'NETCORE_HOOK_SHOP_AUTH' } }, send],
    [{ to: 'http://localhost:1' }, ['send', '-c', 'email']],
    [{ to: 'http://[::1]:1' }, ['send', '-c', 'email']],
    [{ store: 'captures/staging' }, ['history']],
    // These commands do not use it.
    [{ to: 'https://collector.example.com', auth: { env: 'AWS_SECRET_ACCESS_KEY' } }, listen],
    [{ panel: { env: 'AWS_SECRET_ACCESS_KEY' } }, ['status']],
    [{ auth: { env: 'AWS_SECRET_ACCESS_KEY' } }, [...send, '--auth', 'netcore:own']],
    [{ profiles: { staging: { to: 'https://collector.example.com' } } }, send],
    [{ forwardAuth: { env: 'AWS_SECRET_ACCESS_KEY' } }, listen],
  ])('may set what stays in the project: %j', async (settings, words) => {
    const { cwd } = victim(() => settings);
    writeFileSync(join(cwd, 'real', 'shop.auth'), 'netcore:own\n', { mode: 0o600 });
    const variables = { ...env, NETCORE_HOOK_SHOP_AUTH: 'netcore:own', XDG_DATA_HOME: cwd };
    const { err } = await run(words, { cwd, env: variables });
    expect(err).not.toContain('trusted');
  });

  test('is trusted when it is named', async () => {
    const { cwd } = victim((file) => ({ auth: `@${file}`, to: 'https://shop.example.com/hook' }));
    const print = ['send', '-c', 'email', '--print', 'curl'];
    const name = 'netcore-hook.config.json';
    for (const options of [
      { argv: [...print, '--config', name], env: {} },
      { argv: print, env: { NETCORE_HOOK_CONFIG: name } },
    ]) {
      const { exit, out } = await run(options.argv, { cwd, env: options.env });
      expect({ exit, user: out.includes("-u 'asha'") }).toEqual({ exit: 0, user: true });
    }
  });

  test('is shown by config without the variables of the user', async () => {
    const { cwd } = victim((file) => ({ auth: `@${file}`, panel: aws, tz: { env: 'SHOP' } }));
    const { out } = await run(['config'], { cwd, env });
    expect(out).toMatch(/^auth .*auth, line 2, not trusted: it names a file outside the project/m);
    expect(out).toMatch(
      /^panel +- +panel, line 3, not trusted: it refers to AWS_SECRET_ACCESS_KEY/m,
    );
    expect(out).not.toContain('s3cret');
    const json = await run(['config', '--json'], { cwd, env });
    expect(json.out).toContain('"untrusted":"names a file outside the project: ');
    expect(json.out).not.toContain('s3cret');
  });

  test('brings no control characters to the terminal', async () => {
    const cwd = project({ store: '/tmp/\u001b]0;title\u0007\u202e' });
    const options = { cwd, env: { XDG_STATE_HOME: temporaryFolder() } };
    const { err } = await run(['history', 'list'], options);
    const shown = await run(['config'], options);
    const asked = start(['history', 'list'], { ...options, terminal: true });
    await asked.line(/Trust /);
    asked.type('n');
    asked.type('\r');
    const answered = await asked.finished;
    // What precedes them are the prompt's own movements of the cursor.
    const lines = answered.err.replace(/\n +/g, ' ').match(/(?:error {2})?"store".*title.*/g) ?? [];
    expect(lines).toHaveLength(2);
    for (const text of [err, shown.out, ...lines]) {
      expect(text).toContain('\\u001b]0;title\\u0007\\u202e');
      expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
    }
  });

  test('gives completion nothing of a store outside the project', async () => {
    const { cwd } = victim(() => ({ store: '..', profiles: { staging: {} } }));
    const complete = ['completion', 'complete', '--'];
    const words = await run([...complete, 'history', 'show', ''], { cwd });
    expect(words).toMatchObject({ exit: 0, err: '' });
    const profiles = await run([...complete, 'listen', '--profile', ''], { cwd });
    expect(profiles.out).toContain('staging');
  });
});

describe('on a terminal', () => {
  const print = ['send', '-c', 'email', '--print', 'curl'];
  const settings = { to: 'https://shop.example.com/hook' };

  async function answer(text: string, options: RunOptions) {
    const running = start(print, { ...options, terminal: true, columns: 250 });
    await running.line(/Trust .*netcore-hook\.config\.json\?/);
    running.type(text);
    running.type('\r');
    return running.finished;
  }

  test('it asks once, and again when the file or its links have changed', async () => {
    const { cwd } = victim(() => ({ ...settings, auth: '@shop.auth' }));
    writeFileSync(join(cwd, 'shop.auth'), 'netcore:own\n', { mode: 0o600 });
    const state = temporaryFolder();
    const options = { cwd, env: { XDG_STATE_HOME: state } };
    expect(await answer('n', options)).toMatchObject({ exit: 2, out: '' });
    const yes = await answer('y', options);
    expect(yes.exit).toBe(0);
    expect(yes.err).toMatch(/"to" in .*:2 names a host beyond this machine: shop\.example\.com\./);
    // Nobody is asked any more, and without a terminal it counts, too.
    for (const terminal of [true, false]) {
      const { exit, err } = await run(print, { ...options, terminal });
      expect({ exit, err }).toEqual({ exit: 0, err: '' });
    }
    const folder = join(state, 'netcore-hook', 'trusted-projects');
    const [note = ''] = readdirSync(folder);
    expect(statSync(join(state, 'netcore-hook')).mode & 0o777).toBe(0o700);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, note)).mode & 0o777).toBe(0o600);

    rmSync(join(cwd, 'shop.auth'));
    symlinkSync(join(cwd, 'link.auth'), join(cwd, 'shop.auth'));
    expect(await run(print, options)).toMatchObject({ exit: 2, out: '' });
    rmSync(join(cwd, 'shop.auth'));
    writeFileSync(join(cwd, 'shop.auth'), 'netcore:own\n', { mode: 0o600 });
    expect((await run(print, options)).exit).toBe(0);

    const changed = { ...settings, auth: '@shop.auth', timeout: '1s' };
    writeFileSync(join(cwd, 'netcore-hook.config.json'), JSON.stringify(changed));
    expect((await run(print, options)).exit).toBe(2);
    expect((await answer('y', options)).exit).toBe(0);
  });

  test('the same file in another folder is another project', async () => {
    const env = { XDG_STATE_HOME: temporaryFolder() };
    expect((await answer('y', { cwd: project(settings), env })).exit).toBe(0);
    expect((await run(print, { cwd: project(settings), env })).exit).toBe(2);
  });

  test('a setting that the command does not use is not asked about', async () => {
    const cwd = project({ ...settings, store: 'captures' });
    const { exit, err } = await run(['history'], { cwd, terminal: true });
    expect({ exit, asked: err.includes('Trust') }).toEqual({ exit: 3, asked: false });
  });
});

describe('a list of networks in a project file', () => {
  const eighths = Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`);
  const without10 = eighths.filter((network) => !network.startsWith('10.'));
  test.each([
    [['0.0.0.0/0']],
    [['0.0.0.0/1', '128.0.0.0/1']],
    [['0.0.0.0/2']],
    [['192.0.2.7', '64.0.0.0/3', '96.0.0.0/4', '112.0.0.0/4']],
    [without10],
    [['::/0']],
    [['::/1', '8000::/1']],
    [['2000::/3']],
    [['2000::/5']],
    [['::/64']],
    [['::ffff:0:0/96']],
    [['::ffff:0.0.0.0/97', '::ffff:128.0.0.0/97']],
    [['::fffe:0:0/95']],
  ])('must not contain most addresses: %j', async (networks) => {
    for (const key of ['allow', 'trustProxy']) {
      const cwd = project({ [key]: networks });
      const { exit, err } = await run(['config'], { cwd });
      expect({ networks, exit }).toEqual({ networks, exit: 2 });
      expect(err).toContain('it contains a quarter or more of all addresses');
    }
  });

  test.each([
    [['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10', '127.0.0.1']],
    [['10.0.0.0/8', '10.0.0.0/8', '10.1.0.0/16', '::1', '::ffff:10.0.0.0/104']],
    [['0.0.0.0/3', '2000::/6']],
    [[]],
  ])('may name networks: %j', async (networks) => {
    const { exit, err } = await run(['config'], { cwd: project({ allow: networks }) });
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
  });
});
