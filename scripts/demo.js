// Demonstrates the main task in a few seconds: starts the listener on a free port with its own
// store, sends a call of every channel and one with a wrong password, prints the captures, decodes
// one of them, and tests the endpoint. Ends by itself.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-demo-'));
const store = join(folder, 'store');
const ready = join(folder, 'ready.json');
const login = 'netcore:demo-password';

if (!existsSync(new URL('../dist/main.cjs', import.meta.url))) {
  throw new Error('There is no dist/ yet. Run: npm ci');
}

const listener = spawn(
  process.execPath,
  [binary, 'listen', '--port', '0', '--store', store, '--auth', login, '--ready-file', ready],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const stopped = new Promise((resolve) => listener.once('exit', resolve));

let exit;
try {
  const { url } = await waitUntilReady();

  step('Send one call of every channel', [
    'send',
    '--channel',
    'all',
    '--to',
    url,
    '--auth',
    login,
  ]);
  step(
    'Send one with a wrong password: it is refused',
    ['send', '--channel', 'sms', '--to', url, '--auth', 'netcore:wrong'],
    1,
  );
  step('List what was captured', ['history', 'list', '--store', store]);
  const body = run(['history', 'show', 'last', '--body', '--store', store], 0, 'pipe').stdout;
  step('Decode the body of the last capture', ['decode', '-'], 0, body);
  step('Test the endpoint', ['test-endpoint', url, '--auth', login]);
} finally {
  listener.kill('SIGTERM');
  exit = await stopped;
  rmSync(folder, { recursive: true, force: true });
}
if (exit !== 0) throw new Error(`The dumper ended with ${exit}.`);
console.log('\nThe demo is over. Start your own: npx netcore-hook listen');

function step(title, words, wanted = 0, input = '') {
  console.log(`\n# ${title}`);
  console.log(`$ netcore-hook ${words.map((word) => word.replace(store, '<store>')).join(' ')}`);
  run(words, wanted, 'inherit', input);
}

function run(words, wanted, output, input = '') {
  const result = spawnSync(process.execPath, [binary, ...words], {
    input,
    stdio: ['pipe', output, 'inherit'],
  });
  if (result.status !== wanted) {
    throw new Error(`netcore-hook ${words[0]} ended with ${result.status} instead of ${wanted}.`);
  }
  return result;
}

async function waitUntilReady() {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && listener.exitCode === null) {
    if (existsSync(ready)) return JSON.parse(readFileSync(ready, 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The dumper did not start.');
}
