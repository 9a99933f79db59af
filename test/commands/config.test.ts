import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SettingNotice } from '../../src/output/notice.js';
import { project, trusting } from '../helpers/project.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const shop = {
  to: 'https://shop.example.com/hook',
  auth: { env: 'SHOP_AUTH' },
  store: 'captures',
  listenAuth: ['@shop.auth', { env: 'SHOP_AUTH' }],
  health: false,
  alertUrl: 'alerts.example.com/T0/s3cret',
  profiles: { staging: { tz: 'Europe/Berlin', queue: { env: 'SHOP_QUEUE' } } },
};

/** What config says of one setting. */
async function tells(
  key: string,
  words: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<Pick<SettingNotice, 'value' | 'source'>> {
  const { out } = await run(['config', '--json', ...words], {
    cwd,
    env: { ...trusting, ...env },
  });
  const notices = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as SettingNotice);
  const { value, source } = notices.find((notice) => notice.key === key)!;
  return { value, source };
}

describe('config tells who says', () => {
  const cwd = () => project(shop);
  const variable = (name: string) => ({ kind: 'variable', name });

  test.each([
    ['store', ['--store', '/srv/captures'], {}, '/srv/captures', { kind: 'flag', name: '--store' }],
    [
      'store',
      [],
      { NETCORE_HOOK_STORE: '/srv/captures' },
      '/srv/captures',
      variable('NETCORE_HOOK_STORE'),
    ],
    ['to', [], { NETCORE_HOOK_TO: ':3000' }, ':3000', variable('NETCORE_HOOK_TO')],
    [
      'smtp',
      ['--profile', 'staging'],
      { NETCORE_HOOK_SMTP: 'smtps://netcore:s3cret@mail.example.com' },
      'smtps://…@mail.example.com',
      variable('NETCORE_HOOK_SMTP'),
    ],
    [
      'smtpPassword',
      [],
      { NETCORE_HOOK_SMTP_PASSWORD: 's3cret' },
      '…',
      variable('NETCORE_HOOK_SMTP_PASSWORD'),
    ],
    ['port', [], {}, 4400, { kind: 'default' }],
    ['path', [], {}, null, { kind: 'default' }],
  ])('%s: %j %j', async (key, words, env, value, source) => {
    expect(await tells(key, words, env, cwd())).toEqual({ value, source });
  });

  test.each([
    ['to', [], 'https://shop.example.com/hook', { key: 'to', line: 2 }],
    ['health', [], false, { key: 'health', line: 13 }],
    ['auth', [], 'netcore:…', { key: 'auth', line: 3, variables: ['SHOP_AUTH'] }],
    ['alertUrl', [], 'alerts.example.com/…', { key: 'alertUrl', line: 14 }],
    ['tz', ['--profile', 'staging'], 'Europe/Berlin', { key: 'profiles.staging.tz', line: 17 }],
    [
      'queue',
      ['--profile', 'staging'],
      null,
      { key: 'profiles.staging.queue', line: 18, variables: ['SHOP_QUEUE'] },
    ],
  ])('%s in the file: %j', async (key, words, value, place) => {
    const folder = cwd();
    const path = join(folder, 'netcore-hook.config.json');
    const source = { kind: 'file', path, ...place };
    const env = { SHOP_AUTH: 'netcore:s3cret' };
    expect(await tells(key, words, env, folder)).toEqual({ value, source });
  });

  test('a list, with what its variables hold', async () => {
    const folder = cwd();
    const { value } = await tells('listenAuth', [], { SHOP_AUTH: 'netcore:s3cret' }, folder);
    expect(value).toEqual([`@${join(folder, 'shop.auth')}`, 'netcore:…']);
  });
});

describe('config for people', () => {
  test('shows the file, the profile and a line a setting, without secrets', async () => {
    const cwd = project(shop);
    const { exit, out, err } = await run(['config', '--profile', 'staging'], {
      cwd,
      env: {
        ...trusting,
        SHOP_AUTH: 'netcore:s3cret',
        NETCORE_HOOK_FORWARD_AUTH: 'netcore:s3cret',
      },
    });
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).not.toContain('s3cret');
    expect(out).toContain(`Config     ${join(cwd, 'netcore-hook.config.json')}\n`);
    expect(out).toContain('Profile    staging  --profile\n');
    expect(out).toMatch(/^auth +netcore:… +auth, line 3, from SHOP_AUTH$/m);
    expect(out).toMatch(
      /^queue +- +profiles\.staging\.queue, line 18, from SHOP_QUEUE, which is not set$/m,
    );
    expect(out).toMatch(/^forwardAuth +netcore:… +NETCORE_HOOK_FORWARD_AUTH$/m);
    expect(out).toMatch(/^port +4400 +default$/m);
    expect(out).toMatch(/^path +-$/m);
  });

  test('says that there is no file', async () => {
    const { out } = await run(['config'], { cwd: temporaryFolder() });
    expect(out).toMatch(/^Config {5}no project file\nProfile {4}default\n/);
  });

  test('shows only what a command takes', async () => {
    const { out } = await run(['config', 'queue'], { cwd: temporaryFolder() });
    const keys = out.split('\n').map((line) => line.split(' ', 1)[0]);
    expect(keys).toContain('queue');
    expect(keys).toContain('forwardTo');
    expect(keys).not.toContain('port');
  });

  test.each([
    [['config', 'liste'], 'Did you mean "listen"?'],
    [['config', 'decode'], 'Remove it'],
    [['config', 'listen', '--schema'], 'netcore-hook config --schema'],
  ])('refuses %j', async (argv, hint) => {
    const { exit, err } = await run(argv, { cwd: temporaryFolder() });
    expect(exit).toBe(2);
    expect(err).toContain(hint);
  });
});

describe('a command that the project file tells', () => {
  test('listens as the file says, and shows its path', async () => {
    const cwd = project(
      { store: 'captures', port: 0, path: '/hook', listenAuth: ['@shop.auth'], keep: 5 },
      { 'shop.auth': 'netcore:secret\n' },
    );
    const listener = start(['listen', '--json'], { cwd });
    const [line] = await listener.line(/.*"type":"ready".*/);
    const ready = JSON.parse(line) as Record<string, unknown>;
    expect(ready).toMatchObject({
      store: join(cwd, 'captures'),
      config: join(cwd, 'netcore-hook.config.json'),
      users: ['netcore'],
    });
    expect(ready.url).toMatch(/:\d+\/hook$/);
    expect(ready.url).not.toContain(':4400/');
    // It finds the listener by the store, which both know from the file.
    const { exit, out } = await run(['send', '-c', 'email', '--auth', 'netcore:secret'], { cwd });
    expect({ exit, answered: /^200 /m.test(out) }).toEqual({ exit: 0, answered: true });
    listener.signal();
    expect((await listener.finished).exit).toBe(0);
  });

  test('listens as it was told, and leaves the file for the rest', async () => {
    const cwd = project({ store: 'captures', port: 70_000 - 5000, path: '/hook', health: false });
    const listener = start(['listen', '--port', '0', '--path', '/other'], { cwd });
    const [, url = ''] = await listener.line(/^Listening {2}(\S+)/);
    expect(url).toMatch(/\/other$/);
    expect(url).not.toContain(':65000');
    const health = new URL('/_netcore-hook/health', url);
    expect((await fetch(health)).status).toBe(404);
    listener.signal();
    await listener.finished;
  });

  test.each([
    [['listen', '--tls-key', 'key.pem'], { forwardTimeout: '5s', keepPath: true, alertAge: '1m' }],
    [['listen', '--tls-key', 'key.pem', '--no-inspect'], { inspectPort: 4402 }],
    [['listen', '--tls-key', 'key.pem'], { inspectPort: 4402, inspect: false }],
    [['queue', 'list'], { forwardTo: ':1', forwardTimeout: '5s', alertUrl: ':2' }],
    [['history', 'list'], { keep: 5, keepFor: '1d' }],
  ])('is not told off for what it does not need: %j', async (words, file) => {
    const { err } = await run(words, { cwd: project({ store: 'captures', ...file }) });
    expect(err).toMatch(/require each other|No store exists/);
  });

  test('is told off for what was typed', async () => {
    const cwd = project({ alertAge: '1m', store: 'captures' });
    const { err } = await run(['listen', '--alert-every', '1m'], { cwd });
    expect(err).toContain('--alert-every requires an alert channel');
  });

  test('is completed from the file', async () => {
    const cwd = project({ profiles: { staging: {}, production: {} } });
    const { out } = await run(['completion', 'complete', '--', 'listen', '--profile', ''], { cwd });
    expect(out).toMatch(/^staging\b/m);
    expect(out).toMatch(/^production\b/m);
    expect((await run(['completion', 'complete', '--', 'config', 'lis'], { cwd })).out).toMatch(
      /^listen/,
    );
  });

  test('tests the endpoint of the file', async () => {
    const cwd = project({ to: ':1/hook', skip: ['nonsense'], suite: 'full' });
    const { err } = await run(['test-endpoint'], { cwd });
    expect(err).toMatch(/"skip" in \S+:\d+ cannot be "nonsense": the check is unknown/);
    const typed = await run(['test-endpoint', '--skip', 'nonsense'], { cwd });
    expect(typed.err).toContain('--skip cannot be "nonsense"');
  });

  test.each([
    [
      ['listen'],
      { tlsCert: 'a.pem' },
      /^error {2}"tlsCert" in \S+:\d+ and --tls-key require each other/,
    ],
    [
      ['listen'],
      { forwardTo: ':1', forwardAuth: 'same' },
      /^error {2}"forwardAuth" in \S+:\d+ same requires credentials/,
    ],
    [
      ['queue'],
      { queue: 'redis://127.0.0.1/first' },
      /^error {2}"queue" in \S+:\d+ is not a valid Redis/,
    ],
  ])('is never blamed on an option that nobody typed: %j %j', async (words, file, message) => {
    const { exit, err } = await run(words, { cwd: project({ store: 'captures', ...file }) });
    expect(exit).toBe(2);
    expect(err).toMatch(message);
  });

  test('sees an empty list as none, whatever stands outside the profile', async () => {
    const cwd = project({ allow: ['192.0.2.7'], profiles: { staging: { allow: [] } } });
    // The network that an empty list would be is one that keeps everybody out.
    const words = ['listen', '--host', '0.0.0.0', '--port', '0', '--exit-after', '1'];
    const { err } = await run([...words, '--wait', '1ms', '--profile', 'staging'], { cwd });
    expect(err).toContain('explain listen_unprotected');
  });
});
