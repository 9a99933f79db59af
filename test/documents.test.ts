import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { documents } from '../scripts/docs/documents.js';
import { parseCommandLine } from '../src/cli/program.js';
import { commands } from '../src/commands/list.js';
import { shellWords } from '../src/payload/paste/shell-words.js';
import { catalogue } from '../src/problems/catalogue.js';
import { exitCodes } from '../src/problems/exit-codes.js';
import { run, start } from './helpers/run.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const architecture = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');

/** The cells of each row of the table whose head names these columns. */
function table(text: string, ...head: string[]): string[][] {
  const [, rows = ''] = text.split(`| ${head.join(' | ')} |\n`);
  return rows
    .split('\n\n', 1)[0]!
    .split('\n')
    .slice(1)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the README', () => {
  test('has the table of commands as the help has it', () => {
    expect(table(readme, 'command', 'what it does')).toEqual(
      commands.map(({ name, summary }) => [`\`${name}\``, summary]),
    );
  });

  test('has the table of exit codes as the code has it', () => {
    expect(table(readme, 'code', 'meaning')).toEqual(
      Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
    );
  });

  test('stays short', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  });
});

test('the table of dependencies in ARCHITECTURE.md names what package.json does, and no other', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const named = table(architecture, 'library', 'for', 'why this one').flatMap(([cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(named.sort()).toEqual(
    [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)].sort(),
  );
});

test('docs/checks.md is what npm run docs writes', () => {
  const script = fileURLToPath(new URL('../scripts/write-checks.js', import.meta.url));
  const written = execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' });
  expect(readFileSync(new URL('../docs/checks.md', import.meta.url), 'utf8')).toBe(written);
});

test.each(Object.entries(documents))('%s is what npm run docs writes', async (name, write) => {
  expect(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')).toBe(await write());
});

describe('the help', () => {
  test('lists every command and every exit code', async () => {
    const { exit, out, err } = await run(['--help']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    for (const { name, summary } of commands) {
      expect(out).toMatch(new RegExp(`^ {2}${name} .*${summary.slice(0, 20)}`, 'm'));
    }
    for (const { code, meaning } of Object.values(exitCodes))
      expect(out).toContain(`${code}  ${meaning}`);
  });

  test('is what the bare name shows', async () => {
    const bare = await run([], { terminal: true });
    expect(bare).toEqual(await run(['--help'], { terminal: true }));
  });

  test.each(commands.map(({ name, examples }) => [name, examples] as const))(
    'of %s gives examples that name only what exists',
    async (name, examples) => {
      const { exit, out } = await run([name, '--help']);
      expect(exit).toBe(0);
      expect(examples.length).toBeGreaterThan(0);
      const options = new Set(out.match(/--?[a-z][a-z-]*/g));
      for (const { line } of examples) {
        expect(out).toContain(line);
        const [, typed = ''] = line.split(/netcore-hook /);
        const words = typed.replace(/'[^']*'/g, '').split(' ');
        expect(words[0]).toBe(name);
        for (const word of words.filter((each) => /^--?[a-z]/.test(each))) {
          expect(options).toContain(word);
        }
      }
    },
  );

  test.each(commands.flatMap(({ examples }) => examples.map(({ line }) => line)))(
    'gives an example that is understood: %s',
    async (line) => {
      const { host } = start(['--version']);
      const words = [...shellWords(line, line.indexOf('netcore-hook'), 'bash')];
      const argv = words.slice(1).map(({ text }) => text);
      expect(await parseCommandLine(argv, commands, host)).toMatchObject({ kind: 'run' });
    },
  );
});

test('every problem has a code of letters and underscores', () => {
  for (const code of Object.keys(catalogue)) expect(code).toMatch(/^[a-z]+(?:_[a-z0-9]+)*$/);
});
