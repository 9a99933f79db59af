// Tests that the packed package works in Jest, with its own CommonJS module system, and leaves no
// handle open. Not part of `npm test`, since Jest comes from the registry.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const jest = 'jest@30.5.2';
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-jest-'));
try {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', [...install, join(folder, packed), jest], { cwd: folder, stdio: 'inherit' });
  const file = 'shop.jest.test.js';
  copyFileSync(join(root, 'test', 'runners', file), join(folder, file));
  const program = join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
  // An open handle may keep Jest from ending.
  const ended = spawnSync(process.execPath, [program, '--detectOpenHandles'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });
  // Jest reports an open handle on stderr only, and does not fail.
  const said = ended.stdout + ended.stderr;
  process.stdout.write(said);
  if (ended.status !== 0) throw new Error(`Jest ended with ${ended.status ?? ended.signal}.`);
  if (/open handle|did not exit/.test(said)) throw new Error('Jest found something left open.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
