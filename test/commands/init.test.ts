import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { starterIds } from '../../src/cli/options/starting.js';
import { starters } from '../../src/commands/init/starters.js';
import { readVersion } from '../../src/version.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

describe('init', () => {
  test.each(starterIds)(
    'writes a receiver for %s, and says how to start and test it',
    async (id) => {
      const cwd = temporaryFolder();
      const { exit, out, err } = await run(['init', id], { cwd });
      expect({ exit, err }).toEqual({ exit: 0, err: '' });
      const { install, start: command } = starters[id];
      expect(out.split('\n').filter((line) => line.startsWith('  '))).toEqual([
        '  cd netcore-receiver',
        ...install.map((line) => `  ${line}`),
        `  HOOK_USER=netcore HOOK_PASSWORD=secret ${command}`,
        '  netcore-hook test-endpoint :3000/webhooks/netcore --auth netcore:secret',
      ]);
      const names = readdirSync(join(cwd, 'netcore-receiver'));
      expect(names).toEqual(expect.arrayContaining(['.gitignore', 'README.md']));
      expect(names.filter((name) => name.startsWith('.new') || name === 'gitignore')).toEqual([]);
      const readme = readFileSync(join(cwd, 'netcore-receiver', 'README.md'), 'utf8');
      expect(readme).toContain(`HOOK_USER=netcore HOOK_PASSWORD=secret ${command}\n`);
    },
  );

  test('writes into an empty folder, also into this one', async () => {
    const cwd = temporaryFolder();
    const { exit, out } = await run(['init', 'go', '.'], { cwd });
    expect(exit).toBe(0);
    expect(out).not.toContain('cd ');
    expect(existsSync(join(cwd, 'go.mod'))).toBe(true);
  });

  test('lists the files as JSON', async () => {
    const cwd = temporaryFolder();
    const { out } = await run(['init', 'nest', 'a/b', '--json'], { cwd });
    const created = JSON.parse(out);
    expect(created).toMatchObject({ type: 'created', framework: 'nest', folder: 'a/b' });
    expect(new Set(created.files).size).toBe(created.files.length);
    for (const file of created.files) expect(statSync(join(cwd, 'a/b', file)).isFile()).toBe(true);
  });

  test('lists every framework, with the versions that were run', async () => {
    const { out } = await run(['init', '--list', '--json']);
    const listed = out.trimEnd().split('\n');
    expect(listed.map((line) => JSON.parse(line))).toEqual(
      starterIds.map((framework) => ({
        ...{ schema: 1, type: 'starter', framework },
        ...{ name: starters[framework].name, ran_with: starters[framework].ranWith },
      })),
    );
  });

  test('asks for the framework on a terminal', async () => {
    const cwd = temporaryFolder();
    const asking = start(['init'], { cwd, terminal: true });
    await asking.line(/Which receiver should netcore-receiver hold\?/);
    asking.type('\n');
    expect(await asking.finished).toMatchObject({ exit: 0 });
    expect(existsSync(join(cwd, 'netcore-receiver', 'server.js'))).toBe(true);
  });

  test.each<[argv: readonly string[], message: string]>([
    [['init'], 'init requires the name of a framework.'],
    [['init', 'expres'], 'Did you mean express?'],
    [['init', 'cobol'], 'The frameworks are node, express, '],
    [['init', 'express', '--list'], '--list shows every framework, and "express" has no effect.'],
    [['init', 'express', 'full'], 'full is not empty.'],
  ])('refuses %j', async (argv, message) => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'full'));
    writeFileSync(join(cwd, 'full', 'mine.txt'), 'mine');
    const { exit, out, err } = await run(argv, { cwd });
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err.replace(/\s+/g, ' ')).toContain(message);
    expect(readdirSync(cwd)).toEqual(['full']);
    expect(readdirSync(join(cwd, 'full'))).toEqual(['mine.txt']);
  });

  test('leaves nothing behind when it cannot write', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'file'), '');
    const { exit, err } = await run(['init', 'go', 'file/receiver'], { cwd });
    expect(exit).toBe(3);
    expect(err).toContain('file_not_written');
    expect(readdirSync(cwd)).toEqual(['file']);
  });
});

test('receivers in JavaScript use this version, and exact versions', () => {
  for (const id of starterIds) {
    const path = `starters/${id}/package.json`;
    if (!existsSync(path)) continue;
    const { dependencies } = JSON.parse(readFileSync(path, 'utf8'));
    expect(dependencies['netcore-hook']).toBe(readVersion());
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const framework = dependencies[id];
    if (framework !== undefined) expect(starters[id].ranWith).toContain(framework);
  }
});
