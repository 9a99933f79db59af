// Forwards to a handler that answers at once, in its own process: through nginx as a reverse proxy
// without a queue, through `listen --forward-to` with the store's queue, and through Redis with two
// workers. Measures the delay from sending to the handler; the rates of answers and of forwarded
// calls while 64 connections post as fast as possible; the rate afterwards, until the backlog is
// cleared; and how much forwarding slows `listen` down. Alternating rounds, medians. Needs wrk,
// nginx and redis-server (Debian: apt-get install wrk nginx-light redis-server).
//
//   node bench/forward.js [rounds] [seconds] [nginx,store,redis]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'undici';
import { median } from './median.js';
import { authorization, password, preparePostLoad, user } from './post-load.js';
import { sampleBody } from './sample-body.js';
import { freePort, startServer, urlInFile } from './start-server.js';

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 5);
const chosen = (process.argv[4] ?? 'nginx,store,redis').split(',');
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const bin = here('../bin/netcore-hook.js');
const post = preparePostLoad(folder);
const body = Buffer.from(sampleBody());
/** Calls a second for measuring delays: far below each server's capacity. */
const gentle = 200;

const fronts = { nginx: startNginx, store: startStore, redis: startRedis };
const results = Object.fromEntries(chosen.map((name) => [name, []]));
const listenRates = { alone: [], forwarding: [] };
for (let round = 0; round < rounds; round += 1) {
  for (const name of chosen) results[name].push(await measure(fronts[name], `${name}-${round}`));
  listenRates.alone.push(await listenRate([], `alone-${round}`));
  const handler = await startHandler(`rate-${round}`);
  listenRates.forwarding.push(
    await listenRate(['--forward-to', handler.url], `forwarding-${round}`),
  );
  await handler.stop();
}
rmSync(folder, { recursive: true, force: true });

console.log(
  `node ${process.version}, ${rounds} rounds of ${seconds} s, 2 kB bodies, medians; delays at ${gentle} calls/s`,
);
const columns = [
  ['p50 ms', 'p50', 1],
  ['p99 ms', 'p99', 1],
  ['answered/s', 'answered', 0],
  ['reach it/s', 'meanwhile', 0],
  ['afterwards/s', 'afterwards', 0],
  ['calls', 'sent', 0],
  ['arrived', 'arrived', 0],
  ['twice', 'twice', 0],
];
const line = (name, cells) =>
  [name.padEnd(7), ...columns.map(([title], at) => cells[at].padStart(title.length))].join('  ');
console.log(
  line(
    'through',
    columns.map(([title]) => title),
  ),
);
for (const name of chosen) {
  const cells = columns.map(([, key, digits]) => {
    const value = median(results[name].map((result) => result[key]));
    return Number.isNaN(value) ? '-' : value.toFixed(digits);
  });
  console.log(line(name, cells));
}
const alone = median(listenRates.alone.map(({ rate }) => rate));
const forwarding = median(listenRates.forwarding.map(({ rate }) => rate));
const p99 = (name) => median(listenRates[name].map((result) => result.p99)).toFixed(1);
console.log(
  `\nlisten, 64 connections: ${alone.toFixed(0)} requests/s (p99 ${p99('alone')} ms) alone, ` +
    `${forwarding.toFixed(0)} (p99 ${p99('forwarding')} ms) while it forwards: ${(forwarding / alone).toFixed(2)}`,
);

async function measure(start, name) {
  const handler = await startHandler(name);
  const front = await start(handler.url, name);
  try {
    await postGently(front.url, 1);
    await allArrived(handler, gentle);
    await fetch(handler.url, { method: 'DELETE' });
    const { p50, p99 } = await allArrived(handler, await postGently(front.url, seconds));
    await fetch(handler.url, { method: 'DELETE' });
    const { rate, calls } = post(front.url, seconds);
    const then = await told(handler);
    const all = await allArrived(handler, calls);
    const left = all.calls - then.calls;
    return {
      p50,
      p99,
      answered: rate,
      meanwhile: then.calls / seconds,
      // Too few calls to measure a rate.
      afterwards: left > gentle ? (left * 1000) / (all.last - then.now) : Number.NaN,
      sent: calls,
      arrived: all.different,
      twice: all.calls - all.different,
    };
  } finally {
    await front.stop();
    await handler.stop();
  }
}

/** Posts this many calls a second for `long` seconds; resolves to their number. */
async function postGently(url, long) {
  const { origin, pathname } = new URL(url);
  const client = new Client(origin, { pipelining: 1 });
  const began = performance.now();
  const answers = [];
  for (let number = 0; number < gentle * long; number += 1) {
    await pause(Math.max(0, began + (number * 1000) / gentle - performance.now()));
    const headers = {
      authorization,
      'content-type': 'application/x-www-form-urlencoded',
      'x-sent': String(performance.timeOrigin + performance.now()),
    };
    answers.push(
      client
        .request({ method: 'POST', path: pathname, headers, body })
        .then((answer) => answer.body.dump()),
    );
  }
  await Promise.all(answers);
  await client.close();
  return answers.length;
}

async function told(handler) {
  return (await fetch(handler.url)).json();
}

/** The handler's figures once all calls have arrived, or none arrive any more. */
async function allArrived(handler, calls) {
  for (;;) {
    const figures = await told(handler);
    const silence = figures.now - figures.last;
    if (figures.different >= calls || silence > 60_000) return figures;
    await pause(100);
  }
}

async function listenRate(words, name) {
  const listener = await startListen(words, name);
  try {
    post(listener.url, 1);
    return post(listener.url, seconds);
  } finally {
    await listener.stop();
  }
}

async function startHandler(name) {
  const ready = join(folder, `handler-${name}.json`);
  return startServer([process.execPath, here('servers/handler.js'), ready], urlInFile(ready));
}

async function startListen(words, name) {
  const ready = join(folder, `listen-${name}.json`);
  return startServer(
    [
      ...[process.execPath, bin, 'listen', '--port', '0', '--auth', `${user}:${password}`],
      ...['--store', join(folder, `store-${name}`), '--ready-file', ready, ...words],
    ],
    urlInFile(ready),
  );
}

function startStore(target, name) {
  return startListen(['--forward-to', target], name);
}

/** Redis with an append-only file, a listener with its own worker, and a second worker. */
async function startRedis(target, name) {
  const data = join(folder, `redis-${name}`);
  mkdirSync(data);
  const port = await freePort();
  const redis = await startServer(
    [
      ...['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--dir', data],
      ...['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'],
    ],
    () => `redis://127.0.0.1:${port}`,
  );
  await pause(500);
  const queue = ['--forward-to', target, '--queue', redis.url];
  const listener = await startListen(queue, name);
  const worker = await startServer(
    [process.execPath, bin, 'queue', 'work', ...queue, '--store', join(folder, `worker-${name}`)],
    () => 'started',
  );
  return {
    url: listener.url,
    async stop() {
      await listener.stop();
      await worker.stop();
      await redis.stop();
    },
  };
}

async function startNginx(target, name) {
  const port = await freePort();
  const work = join(folder, `nginx-${name}`);
  mkdirSync(work);
  const configuration = join(work, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((each) => `${each}_temp_path ${join(work, each)};`)
    .join('\n');
  writeFileSync(
    configuration,
    `daemon off;
worker_processes 1;
pid ${join(work, 'pid')};
error_log ${join(work, 'error.log')};
events {}
http {
  access_log off;
  ${paths}
  upstream handler { server ${new URL(target).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://handler;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`,
  );
  const url = `http://127.0.0.1:${port}${new URL(target).pathname}`;
  return startServer(['nginx', '-c', configuration, '-p', work], () =>
    fetch(url).then(
      () => url,
      () => undefined,
    ),
  );
}
