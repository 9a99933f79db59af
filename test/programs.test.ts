import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { programs } from './helpers/programs.js';

/** Runs tests that need programs where there are none. */
function runWithoutPrograms(env: Readonly<Record<string, string>>) {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=verbose'];
  const reporter = '--reporter=./test/helpers/skip-reporter.ts';
  const words = [...vitest, reporter, '--root=test/fixtures/programs'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { PATH: '', NO_COLOR: '1', ...env },
  });
  return { status, out: stdout.replace(/ +\d+ms/g, ''), err: stderr };
}

const curlAndZsh = 'curl and zsh are missing (Debian: apt-get install curl zsh)';
const flask = 'flask is missing (Debian: apt-get install python3-flask)';

test('a test whose program is missing is skipped with a reason that names it', () => {
  const { status, out } = runWithoutPrograms({});
  expect(status, out).toBe(0);
  expect(out).toContain('✓ needs.spec.ts > needs Node alone\n');
  expect(out).toContain(`↓ needs.spec.ts > needs programs [${curlAndZsh}]\n`);
  expect(out).toContain(`↓ needs.spec.ts > a block > needs a package of Python [${flask}]\n`);
  expect(out.slice(out.indexOf('Skipped tests:'))).toBe(
    `Skipped tests:\n  ${curlAndZsh}\n      1  needs.spec.ts\n  ${flask}\n      1  needs.spec.ts\n`,
  );
});

test('it fails with the same reason where all programs are demanded', () => {
  const { status, out, err } = runWithoutPrograms({ NETCORE_HOOK_TEST_ALL: '1' });
  expect(status).toBe(1);
  expect(out).toContain('Tests  2 failed | 1 passed (3)\n');
  expect(err).toContain(`Error: ${curlAndZsh}\n`);
  expect(err).toContain(`Error: ${flask}\n`);
  expect(out).not.toContain('Skipped tests:');
});

/** Every machine with Node has these. */
const everywhere: readonly (string | undefined)[] = ['npm', 'sh', 'tar'];

test('no test starts a program that it has not asked for', () => {
  const sources = readdirSync('test', { recursive: true, encoding: 'utf8' });
  const started = sources
    .filter((name) => /\.[jt]s$/.test(name) && !name.startsWith('soak/'))
    .flatMap((name) => {
      const text = readFileSync(`test/${name}`, 'utf8');
      const starts = text.matchAll(/(?<!\.)\b(?:spawn|exec(?:File)?)(?:Sync)?\)?\(\s*'([^']+)'/g);
      return [...starts].map(([, program]) => ({ name, program }));
    });
  expect(started.filter(({ program }) => !everywhere.includes(program))).toEqual([]);
  expect(started).toContainEqual({ name: 'process/package.test.ts', program: 'npm' });
});

test('.ci/run installs the package of each program', () => {
  const packages = Object.values(programs).flatMap((program) => program.package.split(' '));
  const [, list = ''] = /^packages=\((.*?)\)/ms.exec(readFileSync('.ci/run', 'utf8')) ?? [];
  expect(list.trim().split(/\s+/)).toEqual([...new Set(packages)].sort());
});
