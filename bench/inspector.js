// The cost and speed of the inspector. First the rate of `listen` without an inspector, with an
// idle one, and with a live page, in alternating rounds, and the CPU time for each call, which
// depends less on other load than the rate. Then the inspector's response times with 100,000
// captures, all of the last minutes: the first page, the statistics (first and repeated), one
// capture, and a search without matches. Medians. Needs wrk.
//
//   node bench/inspector.js [rounds] [seconds] [captures]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillStore } from './fill-store.js';
import { median } from './median.js';
import { password, preparePostLoad, user } from './post-load.js';
import { startServer, urlInFile } from './start-server.js';

if (process.argv[2] === 'follow') {
  const told = await follow(process.argv[3]);
  console.log(JSON.stringify(told));
} else {
  const rounds = Number(process.argv[2] ?? 5);
  const seconds = Number(process.argv[3] ?? 5);
  const captures = Number(process.argv[4] ?? 100_000);
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
  try {
    await compareRates(folder, rounds, seconds);
    await timeAnswers(join(folder, 'filled'), captures, Math.max(rounds, 5));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareRates(folder, rounds, seconds) {
  const post = preparePostLoad(folder);
  const ready = join(folder, 'ready.json');
  const kinds = ['no inspector', 'unseen', 'followed'];
  const results = Object.fromEntries(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      rmSync(ready, { force: true });
      const words = [
        ...['listen', '--port', '0', '--auth', `${user}:${password}`],
        ...['--store', join(folder, 'store'), '--ready-file', ready],
        ...(kind === 'no inspector' ? ['--no-inspect'] : []),
      ];
      const server = await startServer([process.execPath, tool(), ...words], urlInFile(ready));
      const page = kind === 'followed' ? startFollower(inspectorIn(ready)) : undefined;
      post(server.url, 1);
      const before = cpuTime(ready);
      const result = { ...post(server.url, seconds), resident: server.resident() };
      const cpu = ((cpuTime(ready) - before) * 1e6) / result.calls;
      const told = await page?.stop();
      results[kind].push({ ...result, cpu, told });
      await server.stop();
    }
  }
  console.log(`node ${process.version}, ${rounds} rounds of ${seconds} s, 64 connections, medians`);
  console.log(
    'inspector     requests/s    ratio  us of cpu/call  p99 ms  resident MB  not 2xx  told',
  );
  const bare = median(results['no inspector'].map(({ rate }) => rate));
  for (const kind of kinds) {
    const figure = (key) => median(results[kind].map((result) => result[key]));
    const told = results[kind].at(-1)?.told;
    console.log(
      `${kind.padEnd(12)} ${figure('rate').toFixed(0).padStart(11)} ${(figure('rate') / bare)
        .toFixed(3)
        .padStart(
          8,
        )} ${figure('cpu').toFixed(0).padStart(15)} ${figure('p99').toFixed(1).padStart(7)} ${figure(
        'resident',
      )
        .toFixed(0)
        .padStart(12)} ${String(figure('errors')).padStart(8)}  ${
        told ? `${told.captures} of ${told.captures + told.left} calls, ${told.bytes} bytes` : ''
      }`,
    );
  }
}

async function timeAnswers(store, captures, runs) {
  fillStore(store, captures);
  const words = ['inspect', '--json', '--inspect-port', '0', '--store', store];
  const child = spawn(process.execPath, [tool(), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await new Promise((resolve) =>
    child.stdout.once('data', (data) => resolve([data])),
  );
  const { inspector } = JSON.parse(line);
  const get = async (path) => {
    const begun = performance.now();
    const answer = await fetch(new URL(path, inspector));
    const value = await answer.json();
    return { ms: performance.now() - begun, value };
  };
  console.log(`${captures} captures            first    median of ${runs}`);
  const {
    captures: [middle],
  } = (await get('/api/captures?limit=1')).value;
  for (const [name, path] of [
    ['first page', '/api/captures?limit=100'],
    ['figures', '/api/stats?minutes=60'],
    ['one capture', `/api/captures/${middle.id}`],
    ['sms clicks', '/api/captures?channel=sms&event=click'],
    ['a panel that is not', '/api/captures?panel=nobody'],
    ['words that are not', '/api/captures?text=nowhere-to-be-found'],
  ]) {
    const times = [];
    for (let run = 0; run < runs; run += 1) times.push((await get(path)).ms);
    const [first] = times;
    console.log(
      `${name.padEnd(22)} ${first.toFixed(1).padStart(8)} ms ${median(times).toFixed(1).padStart(8)} ms`,
    );
  }
  const begun = performance.now();
  let asked = 0;
  for (let next = ''; next !== null; asked += 1) {
    ({ next } = (await get(`/api/captures?text=nowhere-to-be-found&cursor=${next}`)).value);
  }
  console.log(
    `all searched           ${(performance.now() - begun).toFixed(0).padStart(8)} ms in ${asked} answers`,
  );
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
}

/** Simulates a live page in a process of its own, like a browser. */
function startFollower(inspector) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'follow', inspector], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  return {
    async stop() {
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
      return JSON.parse(out);
    },
  };
}

/** Reads the live stream until stdin ends. */
async function follow(inspector) {
  const html = await (await fetch(inspector)).text();
  const token = /netcore-hook-token" content="(\w+)"/.exec(html)[1];
  const stop = new AbortController();
  process.stdin.on('end', () => stop.abort()).resume();
  const told = { captures: 0, left: 0, bytes: 0 };
  try {
    const headers = { 'X-Netcore-Hook-Token': token };
    const answer = await fetch(new URL('/api/live', inspector), { headers, signal: stop.signal });
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      told.bytes += chunk.length;
      text += chunk;
      const messages = text.split('\n\n');
      text = messages.pop();
      for (const message of messages) {
        const [, data] = /^event: captures\ndata: (.*)$/s.exec(message) ?? [];
        if (data === undefined) continue;
        const { captures, left } = JSON.parse(data);
        told.captures += captures.length;
        told.left += left;
      }
    }
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  }
  return told;
}

function tool() {
  return fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));
}

/** The listener's CPU time so far, in seconds. */
function cpuTime(ready) {
  const { pid } = JSON.parse(readFileSync(ready, 'utf8'));
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13);
  // In hundredths.
  return (Number(user) + Number(system)) / 100;
}

function inspectorIn(ready) {
  return JSON.parse(readFileSync(ready, 'utf8')).inspector;
}
