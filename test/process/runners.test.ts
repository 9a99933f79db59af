import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const runners = join(root, 'test', 'runners');

/** A project that has this package, as built, and the runner that it brings. */
function projectWith(file: string, ...packages: string[]): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  symlinkSync(root, join(folder, 'node_modules', 'netcore-hook'));
  for (const name of packages) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  copyFileSync(join(runners, file), join(folder, file));
  return folder;
}

function runIn(folder: string, ...words: string[]) {
  return promisify(execFile)(process.execPath, words, {
    cwd: folder,
    // What this runner tells its workers must not reach another one.
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
  });
}

// Jest is too large to be installed for the sake of one test: npm run test:jest is its proof.
test('netcore-hook/testing works in node:test, imported and required', async () => {
  const folder = projectWith('shop.node.test.mjs');
  const { stdout } = await runIn(folder, '--test', 'shop.node.test.mjs');
  expect(stdout).toMatch(/pass 2\n/);
});

test('netcore-hook/testing works in Vitest, also while a test stops the clock', async () => {
  const folder = projectWith('shop.vitest.test.js', 'vitest');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { stdout } = await runIn(folder, vitest, 'run', '--root', folder);
  expect(stdout).toMatch(/Tests\s+2 passed/);
});

test('the examples of docs/testing.md work as they stand', async () => {
  const folder = projectWith('shop.js', 'vitest');
  const text = readFileSync(join(root, 'docs', 'testing.md'), 'utf8');
  const examples = [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  expect(examples).toHaveLength(2);
  for (const [at, code] of examples.entries()) {
    writeFileSync(join(folder, `example-${at + 1}.test.js`), code);
  }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { stdout } = await runIn(folder, vitest, 'run', '--root', folder);
  expect(stdout).toMatch(/Tests\s+3 passed/);
});
