// Requests per second of `listen` compared with alternatives, each recording every body: mockoon,
// mockttp, webhook, and scripts with Express and with Python's http.server. 64 keep-alive
// connections, 2 kB bodies, Basic credentials, alternating rounds, medians. Installs npm packages
// into a temporary folder. Needs Debian's wrk, webhook and python3.
//
//   node bench/peers.js [rounds] [seconds]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.js';
import { authorization, password, preparePostLoad, statusOf, user } from './post-load.js';
import { sampleBody } from './sample-body.js';
import { adnanhWebhook, mockoonEnvironment } from './servers/configurations.js';
import { freePort, startServer, urlInFile, urlThatAnswers } from './start-server.js';

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const record = join(folder, 'record');
const ready = join(folder, 'ready.json');
const post = preparePostLoad(folder);
/** Bytes of each call: its JSON without the form's escapes. */
const leastRecorded = new URLSearchParams(sampleBody()).get('data').length;

/**
 * How to start each server, and how many bytes it recorded, unless they are in the file `record`.
 */
const servers = [
  {
    name: 'listen',
    keeps: 'synced to disk, indexed',
    start() {
      const words = ['listen', '--port', '0', '--path', '/hook', '--auth', `${user}:${password}`];
      words.push('--store', join(folder, 'store'), '--ready-file', ready);
      return startServer(
        [process.execPath, here('../bin/netcore-hook.js'), ...words],
        urlInFile(ready),
      );
    },
    recorded: () => statSync(join(folder, 'store', 'captures.db')).size,
  },
  {
    name: 'express',
    keeps: 'appended to a file, not synced',
    start: () => startScript('express.js'),
  },
  {
    name: 'mockttp',
    keeps: 'in memory',
    start: () => startScript('mockttp.js'),
    recorded: () => Number(readFileSync(record, 'utf8')),
  },
  {
    name: 'mockoon',
    keeps: 'written to its log, not synced',
    async start() {
      const port = await freePort();
      const file = join(folder, 'mockoon.json');
      writeFileSync(file, JSON.stringify(mockoonEnvironment({ port, authorization })));
      const words = ['start', '--data', file, '--log-transaction', '--disable-log-to-file'];
      return startServer(
        [process.execPath, join(folder, 'node_modules/.bin/mockoon-cli'), ...words],
        urlThatAnswers(`http://127.0.0.1:${port}/hook`),
        // It stores settings in the home folder.
        {
          stdio: ['ignore', openSync(record, 'a'), 'pipe'],
          env: { ...process.env, HOME: folder },
        },
      );
    },
  },
  {
    name: 'webhook',
    keeps: 'appended by a shell, not synced',
    async start() {
      const port = await freePort();
      const file = join(folder, 'webhook.json');
      writeFileSync(file, JSON.stringify(adnanhWebhook({ record, authorization })));
      return startServer(
        ['webhook', '-hooks', file, '-ip', '127.0.0.1', '-port', String(port), '-urlprefix', ''],
        urlThatAnswers(`http://127.0.0.1:${port}/hook`),
      );
    },
  },
  {
    name: 'python',
    keeps: 'appended to a file, not synced',
    start: () =>
      startServer(
        ['python3', here('servers/append.py'), record, authorization, ready],
        urlInFile(ready),
      ),
  },
];

try {
  for (const program of ['wrk', 'webhook', 'python3']) {
    if (spawnSync(program, ['--version']).error) {
      throw new Error(`${program} is missing: apt-get install ${program}`);
    }
  }
  install('@mockoon/cli@9.9.0', 'mockttp@4.6.5', 'express@5.3.0');
  const results = new Map(servers.map((server) => [server, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [server, measured] of results) measured.push(await measure(server));
  }
  tell(results);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function install(...packages) {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const words = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel',
    'error',
    ...packages,
  ];
  execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A script that loads its framework from the installation folder. */
function startScript(name) {
  return startServer(
    [process.execPath, here(`servers/${name}`), folder, record, authorization, ready],
    urlInFile(ready),
  );
}

async function measure({ name, start, recorded = () => statSync(record).size }) {
  for (const file of [record, ready, join(folder, 'store')]) {
    rmSync(file, { recursive: true, force: true });
  }
  const server = await start();
  let calls = 0;
  let result;
  try {
    const statuses = [await statusOf(server.url, { authorization }), await statusOf(server.url)];
    // Without credentials it must reject the call, with any status.
    if (statuses[0] !== 200 || statuses[1] === 200) throw new Error(`${name} answers ${statuses}.`);
    calls += post(server.url, 1).calls;
    const measured = post(server.url, seconds);
    calls += measured.calls;
    result = { ...measured, resident: server.resident() };
  } finally {
    await server.stop();
  }
  if (result.errors > 0) throw new Error(`${name} refused ${result.errors} calls.`);
  const size = recorded();
  if (size < calls * leastRecorded)
    throw new Error(`${name} recorded ${size} bytes of ${calls} calls.`);
  return result;
}

function tell(results) {
  const express = servers.find(({ name }) => name === 'express');
  const of = (server, key) => median(results.get(server).map((result) => result[key]));
  const row = (...cells) => console.log(cells.join('  '));
  console.log(`node ${process.version}, ${rounds} rounds of ${seconds} s, 64 connections, medians`);
  row('server ', 'requests/s', 'of express', 'p50 ms', ' p99 ms', 'resident MB', 'keeps each call');
  for (const server of servers) {
    row(
      server.name.padEnd(7),
      of(server, 'rate').toFixed(0).padStart(10),
      (of(server, 'rate') / of(express, 'rate')).toFixed(2).padStart(10),
      of(server, 'p50').toFixed(1).padStart(6),
      of(server, 'p99').toFixed(1).padStart(7),
      of(server, 'resident').toFixed(0).padStart(11),
      server.keeps,
    );
  }
}
