import { describe, expect, test } from 'vitest';
import { run } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

describe('what cannot be understood', () => {
  test.each([
    [['send', '-c'], 'netcore-hook send --help'],
    [['history', 'show', '--redact-key'], 'netcore-hook history show --help'],
    [['test-endpoint', ':3000', ':3001'], 'netcore-hook test-endpoint --help'],
    [['send', '--zzzzzzzzzz'], 'netcore-hook send --help'],
    [['--zzzzzzzzzz'], 'netcore-hook --help'],
  ])('%j points at the help of its command', async (argv, help) => {
    const { exit, err } = await run(argv);
    expect(exit).toBe(2);
    expect(err).toContain(`Try: ${help}\n`);
  });

  test.each([
    [['https://netcore:s3/cret@shop.example.com']],
    [['send', 'https://netcore:s3/cret@shop.example.com']],
    [['send', '-c', 'email', '--to', 'netcore:s3/cret@:99999']],
    [['test-endpoint', 'netcore:s3/cret@:99999']],
    [['encode', '--print', 'netcore:s3/cret@:4400']],
    [['encode', '--print=netcore:s3/cret@:4400']],
    [['send', '--auht=netcore:s3/cret']],
  ])('%j is repeated without its password', async (argv) => {
    const { exit, err } = await run(argv, { input: '{}' });
    expect(exit).toBe(2);
    expect(err).not.toMatch(/s3|cret/);
  });
});

describe('what is empty', () => {
  test.each([
    ['--to', ['send', '-c', 'email', '--to', '']],
    ['--auth', ['send', '-c', 'email', '--auth', '']],
    ['--auth', ['send', '-c', 'email', '--auth', '', '--print', 'curl']],
    ['--panel', ['send', '-c', 'email', '--panel', '', '--print', 'curl']],
    ['--tz', ['send', '-c', 'email', '--tz', '', '--print', 'curl']],
    ['--channel', ['send', '-c', ',']],
    ['--channel', ['send', '-c', 'email', '-c', '']],
    ['--event', ['send', '-c', 'email', '-e', ',']],
    ['The URL', ['test-endpoint', '']],
    ['--auth', ['test-endpoint', ':1', '--auth', '']],
    ['--panel', ['test-endpoint', ':1', '--panel', ' ']],
    ['--channel', ['test-endpoint', ':1', '-c', ',']],
    ['--only', ['test-endpoint', ':1', '--only', ',']],
    ['--skip', ['test-endpoint', ':1', '--skip', '']],
    ['--to', ['encode', '--print', 'curl', '--to', '']],
    ['--auth', ['encode', '--print', 'curl', '--auth', '']],
    ['The channel', ['samples', '']],
    ['The activity', ['samples', 'email', ',']],
    ['--channel', ['history', '-c', ',']],
    ['--status', ['history', '--status', ',']],
    ['--store', ['history', '--store', '']],
    ['--profile', ['history', '--profile', '']],
  ])('%s is refused in %j', async (named, argv) => {
    const { exit, out, err } = await run(argv, { input: '{"netcore_hook_test":[]}' });
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(`${named} cannot be "`);
  });
});

describe('a value of the environment that makes no sense', () => {
  test.each([
    [{ NETCORE_HOOK_TZ: 'Mars' }, ['send', '-c', 'email', '--print', 'form']],
    [{ NETCORE_HOOK_PANEL: 'a,b' }, ['send', '-c', 'email', '--print', 'form']],
    [{ NETCORE_HOOK_PANEL: '__proto__' }, ['test-endpoint', ':1']],
    [{ NETCORE_HOOK_TO: 'ftp://shop.example.com' }, ['send', '-c', 'email']],
    [{ NETCORE_HOOK_TO: 'ftp://shop.example.com' }, ['test-endpoint']],
    [{ NETCORE_HOOK_TO: 'ftp://shop.example.com' }, ['encode', '--print', 'curl']],
    [{ NETCORE_HOOK_AUTH: ':secret' }, ['send', '-c', 'email', '--to', ':1']],
    [{ NETCORE_HOOK_AUTH: ':secret' }, ['test-endpoint', ':1']],
    [{ NETCORE_HOOK_PROFILE: 'a/b' }, ['history']],
  ])('is blamed on %j', async (env, argv) => {
    const { exit, err } = await run(argv, { env, input: '{"netcore_hook_test":[]}' });
    expect(exit).toBe(2);
    expect(err).toMatch(new RegExp(`^error {2}${Object.keys(env)[0]} `));
    expect(err).not.toMatch(/ --(tz|panel|to|auth|profile) /);
  });

  test('counts as none when it is empty', async () => {
    const env = { NETCORE_HOOK_TO: '', NETCORE_HOOK_AUTH: '', NETCORE_HOOK_PANEL: '' };
    const { exit } = await run(
      ['send', '-c', 'email', '--print', 'form', '--store', temporaryFolder()],
      { env: { ...env, NETCORE_HOOK_TZ: '', NETCORE_HOOK_PROFILE: '' } },
    );
    expect(exit).toBe(0);
  });
});

describe('a question that --json keeps from being asked', () => {
  test.each([
    [['send', '--json']],
    [['send', '-c', 'email', '--to', ':1', '--auth', 'netcore', '--json']],
    [['send', '-c', 'all', '--to', 'https://shop.example.com', '--json']],
    [['test-endpoint', 'https://shop.example.com', '-c', 'all', '--json']],
  ])('is not blamed on the terminal: %j', async (argv) => {
    const { exit, err } = await run(argv, { terminal: true });
    expect(exit).toBe(2);
    expect(err).toContain('--json disables prompts');
    expect(err).not.toContain('no terminal');
  });
});
