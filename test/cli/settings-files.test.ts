import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { project } from '../helpers/project.js';
import { run } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** The environment of somebody who has settings for all projects. */
function user(settings: unknown): Record<string, string> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'netcore-hook'));
  const path = join(folder, 'netcore-hook', 'config.json');
  writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
  return { XDG_CONFIG_HOME: folder };
}

const print = ['send', '-c', 'email', '--print', 'curl'];
const urlOf = (out: string) => /curl '?(http[^' ]+)/.exec(out)?.[1];

describe('settings of a user', () => {
  const mine = { to: ':1/user' };
  const ours = { to: ':1/project' };
  const env = { NETCORE_HOOK_TO: ':1/variable' };

  test.each([
    ['the flag', ['--to', ':1/flag'], env, ours, 'flag'],
    ['the variable', [], env, ours, 'variable'],
    ['the project', [], {}, ours, 'project'],
    ['the user', [], {}, {}, 'user'],
  ])('come last: %s says where to', async (_, words, variables, file, said) => {
    const { exit, out } = await run([...print, ...words], {
      cwd: project(file),
      env: { ...user(mine), ...variables },
    });
    expect({ exit, to: urlOf(out) }).toEqual({ exit: 0, to: `http://127.0.0.1:1/${said}` });
  });

  test('count where there is no project file, and not with --no-config', async () => {
    const cwd = temporaryFolder();
    const env = { ...user(mine), NETCORE_HOOK_STORE: cwd };
    expect(urlOf((await run(print, { cwd, env })).out)).toBe('http://127.0.0.1:1/user');
    const without = await run(['--no-config', ...print], { cwd, env });
    expect(urlOf(without.out)).toBe('http://127.0.0.1:4400/');
  });

  test('may have profiles that the project has not', async () => {
    const env = user({ profiles: { home: { to: ':1/home' } } });
    const cwd = project({ profiles: { staging: {} } });
    const at = async (name: string) => run(['--profile', name, ...print], { cwd, env });
    expect(urlOf((await at('home')).out)).toBe('http://127.0.0.1:1/home');
    const { exit, err } = await at('stagin');
    expect(exit).toBe(2);
    expect(err).toContain('Did you mean "staging"?');
  });

  test('are shown by config, and a mistake in them is told with its place', async () => {
    const cwd = project({});
    const env = user({ to: ':1/user', timeout: '3s' });
    const { out } = await run(['config'], { cwd, env });
    expect(out).toContain(join(env.XDG_CONFIG_HOME!, 'netcore-hook', 'config.json'));
    expect(out).toMatch(/^timeout +3s +timeout, line 1$/m);
    const wrong = await run(print, { cwd, env: user({ timeout: 'soon' }) });
    expect(wrong.exit).toBe(2);
    expect(wrong.err).toMatch(/"timeout" in \S+config\.json:1 cannot be "soon"/);
  });

  test('of somebody else are refused', async () => {
    const env = user(mine);
    const stranger = 12_345;
    const path = join(env.XDG_CONFIG_HOME!, 'netcore-hook', 'config.json');
    // Only root can give a file away; another user can be somebody else than the owner.
    const root = process.geteuid?.() === 0;
    if (root) chownSync(path, stranger, stranger);
    const { exit, err } = await run(print, {
      cwd: temporaryFolder(),
      env,
      ...(root ? {} : { userId: stranger }),
    });
    expect(exit).toBe(2);
    expect(err).toContain('explain config_foreign');
  });
});

describe('a value that does not count', () => {
  const file = {
    to: { env: 'SHOP_URL' },
    auth: { env: 'SHOP_AUTH' },
    panel: { env: 'SHOP_PANEL' },
    forwardAuth: { env: 'SHOP_AUTH' },
  };
  const typed = ['--to', ':9', '--auth', 'netcore:secret'];

  test.each([
    [['test-endpoint', '--list'], file, {}],
    [['test-endpoint', '--list'], {}, { NETCORE_HOOK_TO: 'ftp://shop.example.com' }],
    [['encode', '--print', 'curl', '--to', 'http://asha:secret@127.0.0.1:9/hook'], file, {}],
    [['send', '--raw', '-', '--print', 'form', ...typed], file, {}],
    [['send', '--data', '-', '--print', 'form', ...typed], file, {}],
    [['send', '-c', 'email', '--verbatim', '--print', 'form', ...typed], file, {}],
    [['send', '--raw', '-', '--print', 'form'], {}, { NETCORE_HOOK_PANEL: 'a,b' }],
    [['send', '--raw', '-', '--print', 'form'], {}, { NETCORE_HOOK_TZ: 'Mars' }],
    [
      ['send', '-c', 'email', '--print', 'form', '--to', 'http://a:b@127.0.0.1:9'],
      {},
      { NETCORE_HOOK_AUTH: ':x' },
    ],
  ])('is not resolved: %j %j %j', async (argv, settings, env) => {
    const cwd = project(settings);
    const { exit, err } = await run([...argv, '--store', cwd], {
      cwd,
      env,
      input: '{"netcore_hook_test":[]}',
    });
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
  });

  test('is resolved where it counts', async () => {
    const { exit, err } = await run(['test-endpoint', ':9'], { cwd: project(file) });
    expect(exit).toBe(2);
    expect(err).toMatch(/"auth" in .*SHOP_AUTH/);
  });
});

describe('a variable', () => {
  test('that is nearly one of ours is warned of', async () => {
    const env = { NETCORE_HOOK_PANLE: 'shop', NETCORE_HOOK_ALERT_MESSAGE: 'from an alert' };
    const { exit, out, err } = await run(print, { cwd: temporaryFolder(), env });
    expect(exit).toBe(0);
    expect(out).toContain('netcore_hook_test');
    expect(err).toBe(
      'warning  The environment variable NETCORE_HOOK_PANLE is ignored. Did you mean NETCORE_HOOK_PANEL?\n',
    );
    const json = await run(['--json', ...print], { cwd: temporaryFolder(), env });
    expect(JSON.parse(json.err)).toMatchObject({ type: 'warning', code: 'variable_unknown' });
    expect((await run(['-q', ...print], { cwd: temporaryFolder(), env })).err).toBe('');
  });
});

describe('a verb', () => {
  test.each([
    [['history', '-c', 'email', 'list'], 'Put the verb first: netcore-hook history list'],
    [
      ['queue', '--queue', 'redis://127.0.0.1', 'list'],
      'Put the verb first: netcore-hook queue list',
    ],
    [['history', '--body'], 'Pass the id of a capture as well.'],
    [['history', 'last', '--limit', '3'], 'Remove the id or the option.'],
    [['history', 'lsit'], 'Did you mean history list?'],
    [['history', 'last', 'last~1'], 'history export takes several.'],
    [['queue', '--dead', 'list'], 'Put the verb first: netcore-hook queue list'],
    [['queue', 'list', '--any'], 'It belongs to queue retry.'],
  ])('is told of in %j', async (argv, hint) => {
    const folder = temporaryFolder();
    const { exit, err } = await run([...argv, '--store', folder]);
    expect(exit).toBe(2);
    expect(err.replace(` --store ${folder}`, '')).toContain(hint);
  });

  test.each([
    [
      ['help', 'history', 'prune'],
      ['history', 'prune', '--help'],
    ],
    [
      ['help', 'queue', 'work'],
      ['queue', 'work', '--help'],
    ],
  ])('has a help of its own: %j', async (words, same) => {
    const { exit, out } = await run(words);
    expect(exit).toBe(0);
    expect(out).toBe((await run(same)).out);
    expect(out).toContain(`Usage: netcore-hook ${words.slice(-2).join(' ')} [options]`);
    expect(out.match(/--forward-to|--who/g)?.length ?? 0).toBeLessThan(4);
  });
});
