import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rowOf } from '../../src/cli/options/option.js';
import { commandTree } from '../../src/cli/program.js';
import { commands } from '../../src/commands/list.js';
import { checks } from '../../src/readiness/checks.js';
import { run, start } from '../helpers/run.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** What is offered for a line whose last word ends at the cursor, and what the shell is to do. */
async function complete(words: readonly string[], env: Record<string, string> = {}) {
  const { exit, out, err } = await run(['completion', 'complete', '--', ...words], { env });
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  const lines = out.split('\n').slice(0, -1);
  const wish = lines.pop();
  return { values: lines.map((line) => line.split('\t', 1)[0]), lines, wish };
}

describe('completion', () => {
  test.each([
    [['li'], ['listen']],
    [['--json', 'st'], ['status']],
    [['send', '--pri'], ['--print']],
    [
      ['send', '--print', ''],
      ['json', 'form', 'curl'],
    ],
    [['send', '--print=c'], ['curl']],
    [['send', '-c', 'email,sm'], ['email,sms']],
    [['send', '-c', 'email,sms,e'], []],
    [
      ['send', '-c', 'a'],
      ['apn', 'all'],
    ],
    [['history', '-c', 'a'], ['apn']],
    [
      ['send', '-c', 'sms', '-e', ''],
      ['delivered', 'click', 'all'],
    ],
    [['listen', '--forward-channel', 'email', '--forward-event', 'b'], ['bounce']],
    [['send', '-e', 'f'], ['failed']],
    [
      ['test-endpoint', ':3000', '--only', 'dns,t'],
      ['dns,tcp', 'dns,tls'],
    ],
    [
      ['test-endpoint', '--framework', 'f'],
      ['fastify', 'flask', 'fastapi'],
    ],
    [
      ['test-endpoint', '--suite', ''],
      ['basic', 'full'],
    ],
    [['history', '--outcome', 'dead,w'], ['dead,waiting']],
    [['queue', 'list', '--state', 'h'], ['handed-over']],
    [
      ['queue', 're'],
      ['retry', 'resume'],
    ],
    [['history', 'ex'], ['export']],
    [['samples', 'rcs', 'f'], ['failed']],
    [['send', '--tz', 'Asia/Kol'], ['Asia/Kolkata']],
    [
      ['replay', '--speed', '1'],
      ['1x', '10x'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    [['send', '-c', "'em"], ['email']],
    [['send', '--to', ''], []],
    [['sned', ''], []],
  ])('offers for %j: %j', async (words, offered) => {
    const { values, wish } = await complete(words);
    if (words[0] !== 'sned') expect(values).toEqual(offered);
    else expect(values).toContain('send');
    expect(wish).toBe(':36');
  });

  test('says what each command, option and check is', async () => {
    const { lines } = await complete(['']);
    for (const [index, { name }] of commands.entries()) {
      expect(lines[index]).toMatch(new RegExp(`^${name}\t\\S`));
    }
    const dns = checks.find(({ id }) => id === 'dns');
    expect((await complete(['test-endpoint', '--only', 'dn'])).lines).toEqual([
      `dns\t${dns?.title}`,
    ]);
  });

  test.each([
    [['send', '--data', ''], ':0'],
    [['history', 'import', ''], ':0'],
    [['decode', 'body'], ':0'],
    [['send', '--store', ''], ':16'],
  ])('leaves files to the shell: %j', async (words, wish) => {
    expect(await complete(words)).toEqual({ values: [], lines: [], wish });
  });

  test('offers the newest fifty captures with their time and events, in one line each', async () => {
    const body = bodyOf([{ channel: 'em\tail\n', event: '\u001b[31mopen$(id):`id`' }]);
    const calls = Array.from({ length: 50 }, () => ({}));
    const { files, captures } = await recordCalls([...calls, { body }]);
    const newest = captures.at(-1)!.id.slice(0, 10);
    for (const words of [['replay'], ['history', 'show'], ['queue', 'retry'], ['send', '--like']]) {
      const { lines } = await complete(['--store', files.folder, ...words, '']);
      expect(lines).toHaveLength(51);
      expect(lines.slice(0, 3)).toEqual([
        'last\tthe newest',
        expect.stringMatching(
          new RegExp(`^${newest}\t2026-11-23 [\\d:]{8}  em\\?ail\\? \\?\\[31m`),
        ),
        expect.stringMatching(/^\w{10}\t2026-11-23 [\d:]{8} {2}email open$/),
      ]);
    }
    expect(
      (await complete(['replay', newest], { NETCORE_HOOK_STORE: files.folder })).values,
    ).toEqual([newest]);
  });

  test('offers the profiles that have a store, and none whose name is no name', async () => {
    const data = temporaryFolder();
    for (const name of ['staging', 'shop', '$(id)']) {
      await recordCalls([{}], join(data, 'netcore-hook', name));
    }
    mkdirSync(join(data, 'netcore-hook', 'empty'));
    const { values } = await complete(['--profile', ''], { XDG_DATA_HOME: data });
    expect(values).toEqual(['shop', 'staging']);
  });

  test('reads the project file for profiles and for the store that the line means', async () => {
    const cwd = temporaryFolder();
    const { captures } = await recordCalls([{}], join(cwd, 'shop'));
    const file = join(cwd, 'netcore-hook.config.json');
    writeFileSync(file, JSON.stringify({ profiles: { north: { store: './shop' }, south: {} } }));
    const at = async (...words: string[]) =>
      (await run(['--no-config', 'completion', 'complete', '--', ...words], { cwd })).out;
    expect(await at('--profile', '')).toBe(`north\tof ${file}\nsouth\tof ${file}\n:36\n`);
    expect(await at('replay', '--profile', 'north', '1')).toContain(captures[0]!.id.slice(0, 10));
    writeFileSync(file, '{ broken');
    expect(await at('--profile', '')).toBe(':36\n');
    expect(await at('li')).toMatch(/^listen\t/);
  });

  test('is silent where there is no store', async () => {
    const missing = join(temporaryFolder(), 'none');
    expect((await complete(['--store', missing, 'replay', ''])).lines).toEqual([]);
  });

  test('prints the script, and on a terminal the line that installs it', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { exit, out, err } = await run(['completion', shell], { terminal: true });
      expect(exit).toBe(0);
      expect(out).toContain('netcore-hook --no-config completion complete');
      expect(err).toContain(`netcore-hook completion ${shell}`);
      expect(await run(['completion', shell])).toEqual({ exit: 0, out, err: '' });
    }
  });

  test.each([
    [[], 'completion requires the name of a shell.'],
    [['tcsh'], 'Shells: bash, zsh, fish, powershell.'],
  ])('refuses %j', async (words, says) => {
    const { exit, err } = await run(['completion', ...words]);
    expect(exit).toBe(2);
    expect(err).toContain(says);
  });
});

test('every option and argument is completed whose values are known', async () => {
  const { nodes } = await commandTree(commands, start(['--version']).host);
  const all = nodes.flatMap((node) => [node, ...node.verbs]);
  const unknown = all
    .flatMap(({ taking }) => taking.options)
    .filter((option) => {
      const { kind, completion } = rowOf(option) ?? {};
      const choices = kind?.form === 'text' ? kind.choices : undefined;
      return kind?.form !== 'switch' && (choices ?? completion) === undefined;
    })
    .filter(({ long }) => !long?.endsWith('panel'))
    .map(({ flags }) => flags.replace(/^.*?(?=[<[])/, ''));
  expect([...new Set(unknown)].sort()).toEqual(anything);
  const open = all.flatMap(({ path, body }) =>
    (body.arguments ?? []).filter(({ completion }) => completion === undefined).map(() => path),
  );
  expect(open).toEqual(['test-endpoint']);
});

/** What the values of the other options are. */
const anything = [
  '<0..1>',
  '<@file>',
  '<NxD>',
  '<[name=]url>',
  '<address>',
  '<addresses>',
  '<calls>',
  '<command>',
  '<contact>',
  '<contacts>',
  '<duration>',
  '<field=column>',
  '<handler>',
  '<ids>',
  '<key>',
  '<keys>',
  '<labels>',
  '<name: value>',
  '<names>',
  '<number>',
  '<path=value>',
  '<path>',
  '<percentage>',
  '<size>',
  '<status>',
  '<statuses>',
  '<time>',
  '<url>',
  '<user:pass>',
  '<user[:pass]>',
  '<words>',
  '[ssh:user@host]',
];
