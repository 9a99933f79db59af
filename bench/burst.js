#!/usr/bin/env node
/**
 * `test-endpoint --burst` compared with wrk on the same server, which answers after five
 * milliseconds.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparePostLoad } from './post-load.js';

const seconds = 4;
const atOnce = 20;
const binary = fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));

if (process.argv[2] === 'serve') serve();
else await compare();

function serve() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.end(), 5));
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
}

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
  const words = [fileURLToPath(import.meta.url), 'serve'];
  const server = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise((resolve) => {
      server.stdout.once('data', (line) => resolve(Number(line)));
    });
    const url = `http://127.0.0.1:${port}/hook`;
    const wrk = preparePostLoad(folder, atOnce);
    for (let round = 1; round <= 3; round += 1) {
      const peer = wrk(url, seconds);
      const own = burst(url);
      const share = (ours, theirs) => (ours / theirs).toFixed(2);
      process.stdout.write(
        `round ${round}  rate ${own.rate} of ${peer.rate} (${share(own.rate, peer.rate)})  p50 ${own.p50} of ${peer.p50} ms (${share(own.p50, peer.p50)})  p99 ${own.p99} of ${peer.p99} ms (${share(own.p99, peer.p99)})\n`,
      );
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function burst(url) {
  const words = ['test-endpoint', url, '--only', 'http', '--burst', `${atOnce}x${seconds}s`];
  const out = execFileSync(process.execPath, [binary, ...words, '--json'], { encoding: 'utf8' });
  const lines = out.trim().split('\n');
  return lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'load');
}
