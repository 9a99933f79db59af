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
    expect(err).toContain('(config_foreign)');
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
  ])('is told of in %j', async (argv, hint) => {
    const { exit, err } = await run([...argv, '--store', temporaryFolder()]);
    expect(exit).toBe(2);
    expect(err).toContain(hint);
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
