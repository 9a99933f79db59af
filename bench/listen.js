// Requests per second of `listen` with every call recorded durably, compared with two limits in the
// same run: a bare node:http server that reads the body and answers 200 without recording, and one
// that appends bodies to a file with one fdatasync for each group of concurrent calls. 64
// keep-alive connections, 2 kB bodies, alternating rounds, medians. Needs wrk (Debian: apt-get
// install wrk).
//
//   node bench/listen.js [rounds] [seconds]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.js';
import { password, preparePostLoad, user } from './post-load.js';
import { startServer, urlInFile } from './start-server.js';

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const post = preparePostLoad(folder);
const ready = join(folder, 'ready.json');

const servers = [
  { name: 'bare', words: [here('servers/bare.js'), ready] },
  { name: 'append', words: [here('servers/append.js'), join(folder, 'bodies'), ready] },
  {
    name: 'listen',
    // Text output shows a rate line a second, as in production.
    words: [
      here('../bin/netcore-hook.js'),
      ...['listen', '--port', '0', '--auth', `${user}:${password}`],
      ...['--store', join(folder, 'store'), '--ready-file', ready],
    ],
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

async function measure({ words }) {
  rmSync(ready, { force: true });
  const server = await startServer([process.execPath, ...words], urlInFile(ready));
  try {
    post(server.url, 1);
    return { ...post(server.url, seconds), resident: server.resident() };
  } finally {
    await server.stop();
  }
}
