#!/usr/bin/env node
// Calls per second of `send` and `replay` compared with wrk and undici's own client, all posting over
// 64 connections to the same bare server, in alternating rounds. Needs Debian's wrk.
//
//   node bench/send.js [rounds] [calls]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'undici';
import { fillStore } from './fill-store.js';
import { median } from './median.js';
import { preparePostLoad } from './post-load.js';
import { sampleBody } from './sample-body.js';
import { startServer, urlInFile } from './start-server.js';

const rounds = Number(process.argv[2] ?? 5);
const calls = process.argv[2] === 'undici' ? 40_000 : Number(process.argv[3] ?? 40_000);
const connections = 64;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const binary = here('../bin/netcore-hook.js');

if (process.argv[2] === 'undici') await postWithUndici(process.argv[3]);
else await compare();

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
  const ready = join(folder, 'ready.json');
  const server = await startServer(
    [process.execPath, here('servers/bare.js'), ready],
    urlInFile(ready),
  );
  const store = ['--store', join(folder, 'store')];
  const to = ['--to', server.url, '--concurrency', String(connections)];
  const wrk = preparePostLoad(folder, connections);
  const timed = (words) => {
    const began = performance.now();
    execFileSync(process.execPath, [binary, ...words, ...store], { stdio: 'ignore' });
    return (performance.now() - began) / 1000;
  };
  const started = () => timed(['send', '--channel', 'email', ...to]);
  const send = (...words) => {
    const few = started();
    const all = ['send', '--channel', 'email', '--count', String(calls), ...words, ...to];
    return calls / (timed(all) - few);
  };
  const measured = {
    wrk: () => wrk(server.url, 3).rate,
    undici: () => Number(execFileSync(process.execPath, [here('send.js'), 'undici', server.url])),
    'send, each call unique': () => send(),
    'send --verbatim': () => send('--verbatim'),
    'replay --speed max': () => {
      const words = ['replay', '--last', String(calls), ...to];
      return calls / (timed(words) - started());
    },
  };
  fillStore(store[1], calls);
  const rates = Object.fromEntries(Object.keys(measured).map((name) => [name, []]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, measure] of Object.entries(measured)) rates[name].push(measure());
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [name, found] of Object.entries(rates)) {
    const share = median(found.map((rate, round) => rate / rates.wrk[round]));
    const rate = String(Math.round(median(found))).padStart(6);
    process.stdout.write(`${name.padEnd(24)} ${rate} calls/s  ${share.toFixed(2)} of wrk\n`);
  }
}

/** The limit: undici's client with nothing around it, in a process of its own. */
async function postWithUndici(target) {
  const { origin, pathname } = new URL(target);
  const body = Buffer.from(sampleBody());
  const headers = ['Content-Type', 'application/x-www-form-urlencoded'];
  let sent = 0;
  const began = performance.now();
  const post = (client) =>
    new Promise((resolve, reject) => {
      client.dispatch(
        { path: pathname, method: 'POST', headers, body },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData() {},
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  const work = async () => {
    const client = new Client(origin);
    while (sent < calls) {
      sent += 1;
      await post(client);
    }
    await client.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
  process.stdout.write(String((calls * 1000) / (performance.now() - began)));
}
