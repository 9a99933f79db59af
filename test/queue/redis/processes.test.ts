import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openRedisQueue } from '../../../src/queue/redis/redis-queue.js';
import { makeCertificate } from '../../helpers/certificates.js';
import { handOver, numbers, queued } from '../../helpers/queued-calls.js';
import { bundleRedisQueue, runScript } from '../../helpers/redis-process.js';
import { startRedis } from '../../helpers/redis-server.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { until } from '../../helpers/until.js';

const target = 'http://127.0.0.1:3000/webhooks/netcore';

let bundle: string;

beforeAll(async () => {
  bundle = await bundleRedisQueue(mkdtempSync(join(tmpdir(), 'netcore-hook-test-')));
});

afterAll(() => rmSync(bundle, { recursive: true, force: true }));

/** A worker that prints the id of each call, and delivers all of them but each fifth at once. */
function workerScript(url: string): string {
  return `
    const { openRedisQueue } = require(${JSON.stringify(join(bundle, 'queue.cjs'))});
    const queue = openRedisQueue(${JSON.stringify(url)}, ${JSON.stringify(target)}, {
      timing: { lockMs: 1000, stalledCheckMs: 500 },
    });
    let times = 0;
    queue.work(async ({ capture }) => {
      times += 1;
      console.log(capture.id);
      const attempt = { time: 0, url: '', status: 500, reason: null, answer: null, ms: 1 };
      if (times % 5 === 0) return { state: 'delayed', due: Date.now() + 10, attempt };
      return { state: 'delivered' };
    }, { slots: 8, ordered: false, failed: () => {}, recovered: () => {} });`;
}

test('workers that are killed lose no call', async () => {
  const redis = await startRedis();
  const queue = openRedisQueue(redis.url, target);
  onTestFinished(() => queue.close());
  const calls = numbers(2000).map((number) => queued(number));
  await Promise.all(calls.map((call) => handOver(queue, call)));
  const given = new Set<string>();
  const start = () => runScript(workerScript(redis.url), (id) => given.add(id));
  const steady = start();
  let doomed = start();
  for (const share of [400, 800, 1200]) {
    await until(() => given.size > share, 'some are delivered');
    await doomed.kill();
    doomed = start();
  }
  await until(async () => (await queue.counts()).states.delivered === 2000, 'all are delivered');
  expect([...given].sort()).toEqual(calls.map(({ capture }) => capture.id).sort());
  expect(steady.process.exitCode).toBeNull();
}, 60_000);

test('a server with a certificate of its own and a password serves a process that trusts it', async () => {
  const tls = makeCertificate();
  const redis = await startRedis({ tls, password: 'autumn' });
  const certificate = join(temporaryFolder(), 'authority.pem');
  writeFileSync(certificate, tls.cert);
  const lines: string[] = [];
  const script = `
    const { checkRedis } = require(${JSON.stringify(join(bundle, 'check.cjs'))});
    checkRedis(${JSON.stringify(redis.url)}).then(
      (warnings) => console.log(JSON.stringify(warnings)),
      (problem) => console.log(problem.code),
    );`;
  runScript(script, (line) => lines.push(line), { NODE_EXTRA_CA_CERTS: certificate });
  await until(() => lines.length === 1, 'it has looked');
  expect(lines).toEqual(['[]']);
});
