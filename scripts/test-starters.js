// Tests the receivers of `init` whose frameworks come from the registry and are large: Nest and
// Next.js. Installs each beside the packed package, runs its own test, and tests it as Netcore would.
// Not part of `npm test`, since it takes a minute. test/starters has the other receivers.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'bin', 'netcore-hook.js');
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-starters-'));
const login = { HOOK_USER: 'netcore', HOOK_PASSWORD: 'secret' };
const auth = ['--auth', 'netcore:secret'];
const running = new Set();
try {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  // While one downloads, the other compiles.
  await Promise.all(['nest', 'next'].map((name) => testStarter(name, join(folder, packed))));
} finally {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function testStarter(name, packed) {
  const cwd = join(folder, name);
  await run(process.execPath, [program, 'init', name, cwd]);
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', packed], { cwd });
  await run('npm', ['test'], { cwd });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/webhooks/netcore`;
  const server = start(cwd, port);

  const checks = await lines(['test-endpoint', url, ...auth, '--suite', 'full', '--wait', '30s']);
  // How fast it answers depends on the machine.
  const known = ['not_https', 'not_run', 'slow_answer'];
  const codes = checks.flatMap(({ findings = [] }) => findings.map(({ code }) => code));
  const wrong = codes.filter((code) => !known.includes(code));
  if (wrong.length > 0) throw new Error(`${name} is not ready: ${wrong.join(', ')}`);
  if (checks.length < 20) throw new Error(`${name}: only ${checks.length} lines.`);

  const truth = join(folder, `${name}.ndjson`);
  const simulate = ['simulate', '--to', url, ...auth, '--truth', truth];
  const journey = ['--panel', 'journey', '--duplicates', '5%', '--batch-every', '20m'];
  await lines([...simulate, ...journey]);
  // Most of the work is left.
  const ended = new Promise((resolve) => server.once('close', resolve));
  server.kill('SIGKILL');
  await ended;
  start(cwd, port);
  const sent = readFileSync(truth, 'utf8').trimEnd().split('\n');
  const wanted = [...new Set(sent.map((line) => JSON.parse(line).key))].filter(Boolean).sort();
  for (let wait = 0; storedKeys(cwd).length < wanted.length; wait += 1) {
    if (wait > 200)
      throw new Error(`${name} stored ${storedKeys(cwd).length} of ${wanted.length}.`);
    await setTimeout(100);
  }
  if (storedKeys(cwd).join() !== wanted.join()) throw new Error(`${name} stored other events.`);
  console.log(`${name}: ready, and ${wanted.length} events stored once.`);
}

/** The keys of the events of the journey. */
function storedKeys(cwd) {
  const database = new Database(join(cwd, 'data', 'events.db'), { readonly: true });
  try {
    const query = "select event_key from events where panel = 'journey' order by event_key";
    return database
      .prepare(query)
      .all()
      .map((row) => row.event_key);
  } finally {
    database.close();
  }
}

/** Starts what `npm start` starts, but as a process that can be killed. */
function start(cwd, port) {
  const { main } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const env = { ...process.env, ...login, PORT: String(port), NODE_ENV: 'production' };
  const child = spawn(process.execPath, [main], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.add(child);
  return child;
}

/** Resolves to the JSON lines of the tool. */
async function lines(words) {
  const text = await run(process.execPath, [program, ...words, '--json']);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Resolves to stdout. Rejects when the program fails. */
function run(command, words, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${command} ${words.join(' ')} ended with ${code}.\n${out}${err}`));
    });
  });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
