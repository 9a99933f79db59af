import { chownSync, lchownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { project, trusting } from '../helpers/project.js';
import { run } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const send = ['send', '-c', 'email', '--print', 'curl'];
const url = (name: string) => `https://${name}.example.com/hook`;
const shop = {
  to: url('top'),
  panel: 'top_panel',
  profiles: { staging: { to: url('staging') }, production: {} },
};

describe('what counts', () => {
  const env = { NETCORE_HOOK_TO: url('env') };
  test.each([
    ['what was typed', ['--to', url('typed'), '--profile', 'staging'], env, 'typed'],
    ['the environment', ['--profile', 'staging'], env, 'env'],
    ['the profile', ['--profile', 'staging'], {}, 'staging'],
    ['the profile of a variable', [], { NETCORE_HOOK_PROFILE: 'staging' }, 'staging'],
    ['the typed profile', ['--profile', 'production'], { NETCORE_HOOK_PROFILE: 'staging' }, 'top'],
    ['what stands outside the profiles', ['--profile', 'production'], {}, 'top'],
    ['the top of the file', [], { NETCORE_HOOK_TO: '' }, 'top'],
  ])('is %s', async (_, words, variables, expected) => {
    const { exit, out, err } = await run([...send, ...words], {
      cwd: project(shop),
      env: { ...trusting, ...variables },
    });
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toContain(`curl '${url(expected)}'`);
    expect(out).toContain('top_panel');
  });

  test('is what was typed of an option that no variable has', async () => {
    const cwd = project({ to: ':1', timeout: '1ms' });
    const { err } = await run(['send', '-c', 'email', '--timeout', 'soon'], { cwd });
    expect(err).toContain('--timeout cannot be "soon"');
  });

  test('is nothing of the file for what it is not about', async () => {
    const cwd = project({
      ...shop,
      tz: 'Europe/Berlin',
      forwardTo: ':1',
      keep: 5,
      queue: 'redis://127.0.0.1',
    });
    const store = temporaryFolder();
    const payload = '{"shop":[{"channel":"email","event":"open"}]}';
    for (const words of [
      ['send', '--data', '-', '--print', 'form'],
      ['send', '--raw', '-', '--print', 'form'],
      [...send, '--verbatim'],
      ['encode'],
      ['decode', '-'],
      ['samples', 'email'],
    ]) {
      const { exit, out, err } = await run([...words, '--store', store], {
        cwd,
        input: payload,
        env: trusting,
      });
      expect({ words, exit, err: err.replace(/^decoded.*\n/, '') }).toEqual({
        words,
        exit: 0,
        err: '',
      });
      expect(out).not.toContain('top_panel');
    }
    // It would end with "takes no --forward-to" if that counted as typed.
    const { err } = await run(['history', 'prune', '--store', store], { cwd });
    expect(err).toContain('history prune requires a limit on what to keep');
  });
});

describe('the file', () => {
  test('is found from a folder below, and paths count from where it lies', async () => {
    const cwd = project({ to: ':1/top', auth: '@shop.auth' }, { 'shop.auth': 'netcore:secret\n' });
    const below = join(cwd, 'src', 'handlers');
    mkdirSync(below, { recursive: true });
    const { out, err } = await run(send, { cwd: below });
    expect(err).toBe('');
    expect(out).toContain("curl 'http://127.0.0.1:1/top'");
    expect(out).toContain("-u 'netcore'");
  });

  test.each([
    ['the flag', ['--config', 'other.json'], {}],
    ['the variable', [], { NETCORE_HOOK_CONFIG: 'other.json' }],
  ])('may be another one that %s names', async (_, words, env) => {
    const cwd = project(shop, { 'other.json': JSON.stringify({ to: url('other') }) });
    const { out } = await run([...send, ...words], { cwd, env });
    expect(out).toContain(url('other'));
    expect(out).not.toContain('top_panel');
  });

  test('is left out with --no-config, whatever is wrong with it', async () => {
    const cwd = project('{');
    const { exit, out } = await run([...send, '--to', url('typed'), '--no-config'], {
      cwd,
      env: { NETCORE_HOOK_CONFIG: 'nowhere.json' },
    });
    expect({ exit, found: out.includes(url('typed')) }).toEqual({ exit: 0, found: true });
  });

  test('has to be there when it is named', async () => {
    const { exit, err } = await run([...send, '--config', 'nowhere.json'], { cwd: project(shop) });
    expect(exit).toBe(3);
    expect(err).toMatch(/Cannot read .*\/nowhere\.json: it does not exist\./);
  });

  test('is not looked at by help, and by commands that take nothing of it', async () => {
    const cwd = project('{');
    for (const words of [['--help'], ['send', '--help'], ['samples'], ['config', '--schema']]) {
      expect(await run(words, { cwd })).toMatchObject({ exit: 0, err: '' });
    }
  });
});

describe('a file of somebody else', () => {
  const root = process.geteuid?.() === 0;
  const stranger = 12_345;
  // Who is not root can give nothing away, and so is somebody else.
  const userId = root ? undefined : stranger;

  test.each([
    ['file', (path: string) => root && chownSync(path, stranger, stranger)],
    [
      'link',
      (path: string) => {
        const other = project({ to: url('linked') });
        rmSync(path);
        symlinkSync(join(other, 'netcore-hook.config.json'), path);
        if (root) lchownSync(path, stranger, stranger);
      },
    ],
  ])('that was found is refused: a %s', async (_, give) => {
    const cwd = project(shop);
    give(join(cwd, 'netcore-hook.config.json'));
    const options = userId === undefined ? { cwd } : { cwd, userId };
    const { exit, out, err } = await run(send, options);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain('belongs to another user');
    expect(err).toContain('explain config_foreign');
    const named = await run([...send, '--config', 'netcore-hook.config.json'], options);
    expect(named.exit).toBe(0);
  });
});

describe('a profile', () => {
  const storeOf = async (words: readonly string[], file: unknown) => {
    const cwd = project(file);
    const { out } = await run(['config', '--json', ...words], { cwd });
    const line = out.split('\n').find((each) => each.includes('"key":"store"'))!;
    return (JSON.parse(line) as { value: string }).value.replace(cwd, '.');
  };
  const stores = { store: 'all', profiles: { staging: { store: './own' }, production: {} } };

  test.each([
    [[], './all'],
    [['--profile', 'staging'], './own'],
    // The captures of production do not get among those of the default profile.
    [['--profile', 'production'], '/nonexistent/.local/share/netcore-hook/production'],
  ])('keeps its captures apart: %j in %s', async (words, folder) => {
    expect(await storeOf(words, stores)).toBe(folder);
  });

  test('that the file does not have is a slip', async () => {
    const cwd = project(shop);
    const slip = await run([...send, '--profile', 'stagign'], { cwd });
    expect(slip.exit).toBe(2);
    expect(slip.err).toMatch(/^error {2}--profile cannot be "stagign": .*config\.json has no such/);
    expect(slip.err).toContain('Did you mean "staging"?');
    const other = await run(send, { cwd, env: { NETCORE_HOOK_PROFILE: 'xyz' } });
    expect(other.err).toMatch(/^error {2}NETCORE_HOOK_PROFILE cannot be "xyz"/);
    expect(other.err).toContain('Profiles: staging, production.');
  });

  test.each([
    ['the default one', shop, 'default'],
    ['of a file without profiles', { to: ':1' }, 'staging'],
  ])('needs no entry: %s', async (_, file, name) => {
    const { exit } = await run([...send, '--profile', name], { cwd: project(file), env: trusting });
    expect(exit).toBe(0);
  });

  test('needs no file', async () => {
    const { exit } = await run([...send, '--profile', 'staging'], { cwd: temporaryFolder() });
    expect(exit).toBe(0);
  });
});

describe('a mistake in the file is told with its place', () => {
  const first = (line: string) => `{\n  ${line}\n}\n`;
  test.each([
    [
      'no setting',
      first('"prot": 4400'),
      '"prot" in FILE:2 is not a known setting.',
      'mean "port"?',
    ],
    ['a flag', first('"forward-to": ":1"'), '"forward-to" in FILE:2', 'mean "forwardTo"?'],
    ['nothing near', first('"zzzzzz": 1'), '"zzzzzz" in FILE:2', 'netcore-hook config'],
    [
      'of a profile',
      '{"profiles":\n{"staging":\n{"too": 1}}}',
      '"profiles.staging.too" in FILE:3',
      '"to"?',
    ],
    [
      'the kind of value',
      first('"port": "4400"'),
      '"port" in FILE:2 is a text, and takes a number.',
      '4400',
    ],
    [
      'a list',
      first('"allow": "10.0.0.0/8"'),
      'is a text, and takes a list',
      '["198.51.100.0/24"]',
    ],
    ['in a list', first('"allow": [7]'), '"allow" in FILE:2 is a number, and takes a text', '198'],
    ['a switch', first('"ordered": "yes"'), 'is a text, and takes true or false', 'true'],
    ['null', first('"to": null'), '"to" in FILE:2 is null, and takes a text', 'https://'],
    ['the value', first('"keepFor": "a month"'), '"keepFor" in FILE:2 cannot be "a month"', '10s'],
    ['the range', first('"port": 70000'), '"port" in FILE:2 cannot be "70000"', '65535'],
    ['the choice', first('"suite": "ful"'), '"suite" in FILE:2', '"full"?'],
    ['the zone', first('"tz": "Asia/Kolkatta"'), '"tz" in FILE:2 cannot be', 'Asia/'],
    ['a comma', first('"skip": ["tls,dns"]'), '"skip" in FILE:2 cannot be', '["one", "another"]'],
    [
      'the variable',
      first('"auth": {"en": "X"}'),
      'without a variable name',
      '{"env": "NETCORE_HOOK_SHOP_AUTH"}',
    ],
    ['twice', '{"to": ":1",\n"to": ":2"}', '"to" in FILE:2 occurs twice', 'Remove one'],
    [
      'a profile',
      first('"profiles": {"a b": {}}'),
      'A profile in FILE:2 cannot be "a b"',
      'staging',
    ],
    ['profiles', first('"profiles": ["staging"]'), '"profiles" in FILE:2 takes an object', '{'],
    ['no object', '[]', 'FILE takes an object', '{'],
    [
      'a comment',
      first('// the port\n"port": 1'),
      'FILE is not valid JSON: it contains a comment (line 2, column 3)',
      'plain JSON',
    ],
    [
      'a comma at the end',
      first('"port": 1,'),
      'a comma precedes "}" (line 3, column 1)',
      'trailing',
    ],
    ['nothing', '', 'nothing is there', 'plain JSON'],
    [
      'everybody',
      first('"allow": ["0.0.0.0/0"]'),
      'it contains a quarter or more of all addresses',
      'Name the networks',
    ],
    ['every proxy', first('"trustProxy": ["::/0"]'), 'it contains a quarter or', 'Name the'],
  ])('%s', async (_, text, message, hint) => {
    const cwd = project(text);
    const { exit, out, err } = await run(send, { cwd });
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    const [said = '', advice] = err.split('\n');
    expect(said.replace(join(cwd, 'netcore-hook.config.json'), 'FILE')).toContain(message);
    expect(advice).toContain(hint);
  });

  test.each([
    ['alertCommand', '--alert-command'],
    ['alert-command', '--alert-command'],
    ['yes', '--yes'],
    ['insecure', '--insecure'],
    ['--unprotected', '--unprotected'],
    ['tunnel', '--tunnel'],
  ])('what is only typed: %s', async (key, flag) => {
    const cwd = project({ profiles: { staging: { [key]: true } } });
    const { exit, err } = await run(send, { cwd });
    expect(exit).toBe(2);
    expect(err).toContain(`"profiles.staging.${key}" in `);
    expect(err).toContain('is not allowed in a project file: it ');
    expect(err).toContain(`pass ${flag} on the command line`);
  });

  test.each([
    [{ auth: 'netcore:s3cret' }],
    [{ auth: ':s3cret' }],
    [{ listenAuth: ['netcore:s3cret'] }],
    [{ forwardAuth: 'netcore:s3cret' }],
    [{ to: 'https://netcore:s3cret@shop.example.com' }],
    [{ forwardTo: 'netcore:s3cret@127.0.0.1:3000' }],
    [{ alertUrl: 'https://netcore:s3cret@shop.example.com' }],
    [{ queue: 'redis://netcore:s3cret@redis.example.com' }],
    [{ smtp: 'smtps://netcore:s3cret@mail.example.com' }],
    [{ smtpPassword: 's3cret' }],
    [{ heartbeatUrl: 'https://netcore:s3cret@monitor.example.com' }],
    [{ profiles: { staging: { auth: 'netcore:s3cret' } } }],
  ])('a password, which is not repeated: %j', async (file) => {
    const { exit, err } = await run(send, { cwd: project(file) });
    expect(exit).toBe(2);
    expect(err).toContain('contains a password, and project files are shared');
    expect(err).toContain('{"env": "');
    expect(err).not.toContain('s3cret');
  });

  test.each(['{"auth": "netcore:s3cret",,}', '{"auth": s3cret}', 's3cret'])(
    'a broken line, which may hold a password and is not repeated: %s',
    async (text) => {
      const { err } = await run(send, { cwd: project(text) });
      expect(err).toContain('explain config_not_json');
      expect(err).not.toContain('s3cret');
    },
  );

  test('bytes that are no text', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'netcore-hook.config.json'), Buffer.from([0x7b, 0xff, 0x7d]));
    expect((await run(send, { cwd })).err).toContain('it is neither UTF-8 nor UTF-16');
  });

  test('a file that may not be read', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'netcore-hook.config.json'));
    const { exit, err } = await run(send, { cwd });
    expect({ exit, folder: err.includes('it is a folder') }).toEqual({ exit: 3, folder: true });
  });
});

describe('a value in a variable', () => {
  const cwd = () => project({ to: { env: 'SHOP_URL' }, timeout: { env: 'PATIENCE' } });

  test('counts like one that was typed', async () => {
    const env = { SHOP_URL: 'https://netcore:s3cret@shop.example.com/hook' };
    const { out } = await run(send, {
      cwd: project({ to: { env: 'SHOP_URL' } }),
      env: { ...trusting, ...env },
    });
    expect(out).toContain("curl 'https://shop.example.com/hook'");
    expect(out).toContain("-u 'netcore'");
  });

  test('is a problem where it is needed and not set, and nowhere else', async () => {
    const { exit, err } = await run(send, { cwd: cwd(), env: trusting });
    expect(exit).toBe(2);
    expect(err).toMatch(
      /"to" in .*:\d+ refers to the environment variable SHOP_URL, which is not set\./,
    );
    const env = { ...trusting, PATIENCE: '2s' };
    expect((await run([...send, '--to', ':1'], { cwd: cwd(), env })).exit).toBe(0);
    expect((await run(['encode'], { cwd: cwd(), input: '{"shop":[]}' })).exit).toBe(0);
  });

  test('is not repeated when it may hold a password', async () => {
    const cwd = project({ queue: { env: 'Q' }, to: { env: 'Q' }, auth: { env: 'Q' } });
    for (const words of [send, ['queue']]) {
      const { exit, err } = await run(words, {
        cwd,
        env: { ...trusting, Q: 'netcore:s3cret@:99999' },
      });
      expect({ exit, err: err.includes('s3cret') }).toEqual({ exit: 2, err: false });
    }
  });

  test.each(['ftp://alerts.example.com/s3cret', 'alerts.example.com:99999/s3cret'])(
    'is not repeated where an alert goes: %s',
    async (value) => {
      const words = ['listen', '--port', '0', '--forward-to', ':1', '--exit-after', '1'];
      const cwd = project({ alertUrl: { env: 'ALERTS' }, store: 'captures' });
      const { exit, err } = await run(words, { cwd, env: { ...trusting, ALERTS: value } });
      expect({ exit, err: err.includes('s3cret') }).toEqual({ exit: 2, err: false });
      const typed = await run([...words, '--no-config', '--alert-url', value], { cwd });
      expect({ exit: typed.exit, err: typed.err.includes('s3cret') }).toEqual({
        exit: 2,
        err: false,
      });
    },
  );

  test('that makes no sense is blamed on the variable', async () => {
    const env = { ...trusting, PATIENCE: 'much', SHOP_URL: ':1' };
    expect((await run(send, { cwd: cwd(), env })).err).toContain('PATIENCE cannot be "much"');
  });
});
