// What a hostile call costs a listener, compared with an ordinary one of the same size in the same
// run: the process's memory peak, and how long other calls wait meanwhile. Each kind gets a new
// listener with its inspector, and twenty clients post ordinary calls all the time. Limits: a
// memory peak of 200 MB above rest and 1.25 times that of an ordinary call, and a wait of 100 ms at
// the 99th percentile. Prints each figure with its share of the limit; the exit code is 1 when one
// is above 1. The growth of the store is tested in test/store/hostile-calls.test.ts. Needs Linux.
//
//   node bench/hostile.js [megabytes] [part of a kind's name]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hostileCalls, soundCall } from './hostile-calls.js';
import { quantile } from './median.js';
import { sampleBody } from './sample-body.js';

const bytes = Number(process.argv[2] ?? 10) * 1_000_000;
const wanted = process.argv[3] ?? '';
const tool = fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const usual = Buffer.from(sampleBody());
const clients = 20;
/** Between two calls of a client, and before measuring memory at rest, in milliseconds. */
const gap = 50;
const settling = 3000;
const maxPeak = 200e6;
const maxRatio = 1.25;
const maxWait = 100;

console.log(`node ${process.version}, bodies of ${bytes / 1e6} MB`);
console.log(
  'kind                                    sent kB  peak MB  of 200 MB  of sound  p99 ms  of 100 ms',
);
let worst = 0;
let sound;
for (const call of calls()) {
  const { peak, wait } = await measure(call);
  sound ??= peak;
  const shares = [peak / maxPeak, peak / sound / maxRatio, wait / maxWait];
  worst = Math.max(worst, ...shares);
  const [ofPeak, ofSound, ofWait] = shares.map((share) => share.toFixed(2));
  console.log(
    `${call.name.padEnd(38)} ${(call.body.length / 1000).toFixed(0).padStart(8)} ${(peak / 1e6)
      .toFixed(0)
      .padStart(8)} ${ofPeak.padStart(10)} ${ofSound.padStart(9)} ${wait
      .toFixed(0)
      .padStart(7)} ${ofWait.padStart(10)}`,
  );
}
process.exitCode = worst > 1 ? 1 : 0;

function* calls() {
  yield { name: 'a sound batch', ...soundCall(bytes) };
  for (const call of hostileCalls(bytes)) if (call.name.includes(wanted)) yield call;
}

async function measure(call) {
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-hostile-'));
  const ready = join(folder, 'ready.json');
  const words = [
    'listen',
    '--port',
    '0',
    '--inspect-port',
    '0',
    '--store',
    folder,
    '--ready-file',
    ready,
  ];
  const child = spawn(process.execPath, [tool, ...words], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let load;
  try {
    const url = await readyUrl(ready);
    load = startLoad(url);
    await pause(settling);
    load.waits.length = 0;
    const rest = memory(child.pid, 'VmRSS');
    // Resets the system's peak measurement.
    writeFileSync(`/proc/${child.pid}/clear_refs`, '5');
    const status = await post(url, call.body, call.headers, new Agent());
    if (status !== 200) throw new Error(`${call.name} was answered ${status}`);
    await isRead(folder, call.body.length);
    await pause(gap * 10);
    await load.stop();
    return { peak: memory(child.pid, 'VmHWM') - rest, wait: quantile(load.waits, 0.99) };
  } finally {
    await load?.stop();
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Clients that post ordinary calls with pauses. */
function startLoad(url) {
  const waits = [];
  let stopped = false;
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopped) {
      const begun = performance.now();
      await post(url, usual, form, agent);
      waits.push(performance.now() - begun);
      await pause(gap);
    }
    agent.destroy();
  };
  const all = Array.from({ length: clients }, client);
  return {
    waits,
    async stop() {
      stopped = true;
      await Promise.all(all);
    },
  };
}

function post(url, body, headers, agent) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, agent }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Resolves when the maintenance thread has read the body of this length. */
async function isRead(folder, length) {
  const Libsql = createRequire(import.meta.url)('libsql');
  const database = new Libsql(join(folder, 'captures.db'), { readonly: true });
  const unread = database.prepare(
    `select count(*) from captures left join late_content as late on late.capture = place
     where length(body) = ? and captures.events is null and late.capture is null`,
  );
  while (unread.raw().get(length)[0] > 0) await pause(gap);
  database.close();
}

async function readyUrl(file) {
  for (;;) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')).url;
    } catch {
      await pause(gap);
    }
  }
}

function memory(pid, name) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) * 1024;
}
