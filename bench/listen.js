// Requests per second of `listen` with every call recorded durably, beside two limits in the same
// run: a bare node:http server that reads the body and answers 200 (nothing is recorded), and one
// that appends bodies to a file with one fdatasync per group of concurrent calls. 64 keep-alive
// connections, 2 kB bodies, alternating rounds, medians. Needs wrk (Debian: apt-get install wrk).
//
//   node bench/listen.js [rounds] [seconds]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.js';

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const script = join(folder, 'post.lua');
writeFileSync(
  script,
  `wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Authorization"] = "Basic ${Buffer.from('netcore:secret').toString('base64')}"
wrk.body = [==[${twoKilobytes()}]==]
`,
);

const servers = [
  { name: 'bare', command: [here('servers/bare.js')] },
  { name: 'append', command: [here('servers/append.js'), join(folder, 'bodies')] },
  {
    name: 'listen',
    command: [
      here('../bin/netcore-hook.js'),
      ...['listen', '--json', '--port', '0', '--auth', 'netcore:secret'],
      ...['--store', join(folder, 'store')],
    ],
    // People's output is a rate line a second; that is what runs in production.
    human: true,
  },
];

const results = Object.fromEntries(servers.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const server of servers) results[server.name].push(await measure(server));
}
rmSync(folder, { recursive: true, force: true });

const bare = median(results.bare.map(({ rate }) => rate));
const append = median(results.append.map(({ rate }) => rate));
console.log(`node ${process.version}, ${rounds} rounds of ${seconds} s, 64 connections, medians`);
console.log('server   requests/s   of bare  of append  p50 ms  p99 ms  resident MB  not 2xx');
for (const { name } of servers) {
  const rate = median(results[name].map((result) => result.rate));
  const figure = (key) => median(results[name].map((result) => result[key]));
  console.log(
    `${name.padEnd(8)} ${rate.toFixed(0).padStart(10)} ${(rate / bare).toFixed(2).padStart(9)} ${(
      rate / append
    )
      .toFixed(2)
      .padStart(
        10,
      )} ${figure('p50').toFixed(1).padStart(7)} ${figure('p99').toFixed(1).padStart(7)} ${figure(
      'resident',
    )
      .toFixed(0)
      .padStart(12)} ${String(figure('errors')).padStart(8)}`,
  );
}

async function measure(server) {
  const ready = join(folder, 'ready');
  rmSync(ready, { force: true });
  const words = server.human
    ? [...server.command.filter((word) => word !== '--json'), '--ready-file', ready]
    : [...server.command, ready];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const url = await readyUrl(ready, child);
    load(url, 1);
    const output = load(url, seconds);
    return {
      rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]),
      p50: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(output)),
      p99: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(output)),
      errors: Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0),
      resident:
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024,
    };
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
}

function load(url, duration) {
  return execFileSync('wrk', ['-t1', '-c64', `-d${duration}s`, '--latency', '-s', script, url], {
    encoding: 'utf8',
  });
}

async function readyUrl(file, child) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) break;
    try {
      return JSON.parse(readFileSync(file, 'utf8')).url;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('The server did not start.');
}

function milliseconds([, number, unit]) {
  return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit];
}

/** Two events, as Netcore would send them. */
function twoKilobytes() {
  const sample = JSON.parse(readFileSync(here('../samples/email/open.json'), 'utf8'));
  const [panel] = Object.keys(sample.payload);
  const [event] = sample.payload[panel];
  return `data=${encodeURIComponent(JSON.stringify({ [panel]: [event, { ...event, msgid: '547' }] }))}`;
}
