import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/list.js';

// Only an installed package can show that nothing is missing from it, and that it needs nothing
// that is not declared.
describe('the package, installed in an empty folder', () => {
  let folder: string;
  let packed: { filename: string; files: { path: string }[]; size: number };
  const binary = () => join(folder, 'node_modules', '.bin', 'netcore-hook');
  const run = (...words: string[]) =>
    execFileSync(binary(), words, { encoding: 'utf8', cwd: folder });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netcore-hook-package-'));
    [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    execFileSync(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', join(folder, packed.filename)],
      {
        cwd: folder,
        stdio: 'ignore',
      },
    );
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds only what runs, and its documents', () => {
    const odd = packed.files
      .map(({ path }) => path)
      .filter((path) => !/^(?:bin\/|dist\/|samples\/|package\.json|[A-Z]+(?:\.md)?$)/.test(path));
    expect(odd).toEqual([]);
    expect(packed.size).toBeLessThan(1024 * 1024);
    expect(existsSync(join(folder, 'node_modules/netcore-hook/dist/licenses.txt'))).toBe(true);
  });

  test('brings no package that runs a script when it is installed', () => {
    const lock = JSON.parse(
      readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8'),
    ) as { packages: Record<string, { hasInstallScript?: boolean }> };
    expect(
      Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript),
    ).toEqual([]);
  });

  test('prints its version and the help of every command', () => {
    expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const { name } of commands) expect(run(name, '--help')).toContain(`netcore-hook ${name}`);
  });

  test('receives, sends, remembers and decodes', async () => {
    const store = join(folder, 'store');
    const ready = join(folder, 'ready.json');
    const listener = spawn(
      binary(),
      ['listen', '--port', '0', '--store', store, '--ready-file', ready],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const shown = new Promise<string>((resolve) => {
      listener.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
    });
    try {
      while (!existsSync(ready)) {
        expect(listener.exitCode).toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(run('send', '-c', 'rcs', '--store', store)).toMatch(/^200 /);
      expect(await shown).toContain('rcs click');
      const body = run('history', 'show', 'last', '--body', '--store', store);
      expect(JSON.parse(run('decode', body))).toHaveProperty('netcore_hook_test');
      expect(statSync(join(store, 'captures.db')).mode & 0o777).toBe(0o600);
    } finally {
      const ended = new Promise((resolve) => listener.once('exit', resolve));
      listener.kill('SIGINT');
      expect(await ended).toBe(0);
    }
  });

  test('is a library too', () => {
    const program = "import * as face from 'netcore-hook'; console.log(Object.keys(face).join())";
    writeFileSync(join(folder, 'program.mjs'), program);
    const names = execFileSync(process.execPath, [join(folder, 'program.mjs')], {
      encoding: 'utf8',
    });
    expect(names.trim().split(',')).toEqual(expect.arrayContaining(['payloadSchema']));
  });
});
