import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { healthPath } from '../../src/call/own-headers.js';
import { processHost } from '../../src/host.js';
import { workersKey } from '../../src/queue/redis/keys.js';
import { openRedisQueueAdmin } from '../../src/queue/redis/redis-admin.js';
import { openRedisQueue } from '../../src/queue/redis/redis-queue.js';
import { announceListener, announceWorker } from '../../src/store/presence.js';
import { call, formHeaders } from '../helpers/http.js';
import { startListener } from '../helpers/listener.js';
import { handOver, queued } from '../helpers/queued-calls.js';
import { type Fate, queueCaptures, shopUrl } from '../helpers/queued-captures.js';
import { open, target } from '../helpers/redis-queue.js';
import { startRedis } from '../helpers/redis-server.js';
import { run } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

const click = `data=${encodeURIComponent('{"netcore_hook_test":[{"channel":"sms","event":"click"}]}')}`;

async function status(store: string) {
  const { exit, out } = await run(['status', '--json', '--store', store]);
  return { exit, ...(JSON.parse(out) as { problems: string[]; listeners: { health: string }[] }) };
}

async function announced(store: string, health: string | null, instance?: string): Promise<void> {
  const url = health ?? 'http://127.0.0.1:4400/';
  const started = Date.UTC(2026, 4, 1);
  await announceListener(
    store,
    { pid: process.pid, url, started, health, inspector: null, instance },
    processHost(),
  );
}

test('all is well while a listener answers', async () => {
  const listener = await startListener();
  await call(listener.url, { headers: formHeaders, body: click });
  const { exit, out } = await run(['status', '--store', listener.store]);
  expect(out).toMatch(new RegExp(`Listener +${listener.url} +pid ${process.pid} .*answers\n`));
  expect(out).toMatch(/Last call +\S+ +\S+ {2}200 {2}POST \/ {2}.*sms click/);
  expect(out).toMatch(/Store +\S+ +\d+\.\d kB, \d+\.\d [MG]B free/);
  expect(out).toContain('All is well.');
  expect(exit).toBe(0);
  expect(await status(listener.store)).toMatchObject({
    type: 'status',
    well: true,
    problems: [],
    listeners: [{ pid: process.pid, url: listener.url, health: 'ok' }],
    last: { method: 'POST', panels: ['netcore_hook_test'] },
    store: { folder: listener.store, bytes: expect.any(Number) },
  });
});

test('what limits have removed is told, and how far back the history reaches', async () => {
  const listener = await startListener();
  const words = ['--keep', '1', '--yes', '--store', listener.store];
  for (let count = 0; count < 3; count += 1) {
    await call(listener.url, { headers: formHeaders, body: click });
  }
  expect(await status(listener.store)).toMatchObject({ store: { reach: null } });
  await run(['history', 'prune', ...words]);
  expect(await status(listener.store)).toMatchObject({
    store: { reach: { cause: 'prune', limit: null, removed: 2 } },
  });
  const { out } = await run(['status', '--store', listener.store]);
  expect(out).toMatch(/History +reaches back to \d{4}-\S+Z: history prune removed older captures/);
});

test('another program at the address of a note is not its listener', async () => {
  const url = await serve((_, response) => void response.end('ok'));
  const { files } = await recordCalls([]);
  await announced(files.folder, new URL(healthPath, url).href, 'the-run-of-another-listener');
  expect(await status(files.folder)).toMatchObject({
    exit: 1,
    well: false,
    listeners: [{ health: 'silent' }],
    problems: [expect.stringContaining('does not answer')],
  });
});

test('asking leaves no trace in the history, with or without a health path', async () => {
  const listener = await startListener(['--no-health']);
  expect((await status(listener.store)).listeners).toMatchObject([{ health: 'unasked' }]);
  const { out } = await run(['history', '--json', '--store', listener.store]);
  expect(out).toBe('');
});

test('nothing is well where there is no store', async () => {
  const nowhere = join(temporaryFolder(), 'nowhere');
  expect(await status(nowhere)).toMatchObject({
    exit: 1,
    problems: [`No store exists in ${nowhere}.`, 'No listener runs.'],
    last: null,
    store: { bytes: null },
  });
});

test('it is not well that no listener runs', async () => {
  const listener = await startListener();
  await listener.stop();
  expect(await status(listener.store)).toMatchObject({ exit: 1, problems: ['No listener runs.'] });
});

test('it is not well that a listener cannot record, or does not answer', async () => {
  const { store, stop } = await startListener();
  await stop();
  const failing = await serve((_, response) => void response.writeHead(503).end());
  await announced(store, new URL(healthPath, failing.href).href);
  await announced(store, new URL(healthPath, (await nobodyThere()).href).href);
  const { exit, problems } = await status(store);
  expect(exit).toBe(1);
  expect(problems.join('\n')).toMatch(/cannot record calls\./);
  expect(problems.join('\n')).toMatch(/does not answer\./);
});

test('what a killed listener left behind is not shown, and the next one clears it away', async () => {
  const store = temporaryFolder();
  await announced(store, null);
  writeFileSync(join(store, 'listeners', '999999-4400.json'), '{"pid":999999,"url":"http://x/"}');
  expect((await status(store)).listeners.length).toBe(1);
  const listener = await startListener([], { store });
  await listener.stop();
  expect((await run(['status', '--json', '--store', store])).out).not.toContain('999999');
});

describe('forwarding', () => {
  const now = Date.UTC(2026, 10, 23, 12);
  const minute = 60_000;
  const closed = { state: 'closed', since: null, reason: null } as const;

  /** A store with a listener, calls that have come so far, and perhaps a worker for them. */
  async function forwarded(
    fates: readonly Fate[],
    { worker = true, queue = '', ordered = false } = {},
  ) {
    const { files, captures } = await recordCalls(fates.map(() => ({})));
    queueCaptures(files, captures, (index) => ({ queued: now - minute, ...fates[index]! }));
    await announced(files.folder, null);
    const started = now - 60 * minute;
    const announcement = worker
      ? await announceWorker(
          files.folder,
          {
            pid: process.pid,
            to: shopUrl,
            queue,
            started,
            ordered,
            breaker: closed,
          },
          processHost(),
        )
      : undefined;
    onTestFinished(async () => announcement?.withdraw());
    const look = async (...words: string[]) => {
      const { exit, out } = await run(['status', '--store', files.folder, ...words], {
        now: () => now,
      });
      return { exit, out };
    };
    const problems = async () => {
      const { exit, out } = await look('--json');
      const { problems: found } = JSON.parse(out) as { problems: string[] };
      // Commands act on the asked store.
      return { exit, problems: found.map((text) => text.replace(` --store ${files.folder}`, '')) };
    };
    return { files, captures, announcement, look, problems };
  }

  test('is well while a worker is there and nothing waits long', async () => {
    const fates: Fate[] = [
      { state: 'waiting' },
      { state: 'delayed', tries: 1 },
      { state: 'delivered' },
      { state: 'skipped' },
    ];
    const { look } = await forwarded(fates);
    const { exit, out } = await look();
    expect(exit).toBe(0);
    expect(out).toContain(
      `Worker     forwards to ${shopUrl}  pid ${process.pid}  since 2026-11-23T11:00:00.000Z\n`,
    );
    expect(out).toContain(
      `Queue      ${shopUrl}  1 waiting, 1 delayed, 1 delivered, 1 skipped  the oldest has waited 60 s\n`,
    );
  });

  test.each<[string, readonly Fate[], { worker?: boolean; queue?: string }, string]>([
    [
      'calls were given up',
      [{ state: 'dead' }, { state: 'dead' }],
      {},
      `2 calls for ${shopUrl} were given up: netcore-hook queue list --dead`,
    ],
    [
      'calls wait that no worker forwards',
      [{ state: 'waiting' }],
      { worker: false },
      `1 call waits for ${shopUrl}, and no worker forwards there.`,
    ],
    [
      'calls wait for another place than that of the worker',
      [{ state: 'delayed', queue: 'redis://redis.example.com:6379' }],
      {},
      `1 call waits for ${shopUrl} through redis://redis.example.com:6379, and no worker forwards there.`,
    ],
    [
      'the oldest call waits for more than five minutes',
      [{ state: 'active', queued: now - 12 * minute }, { state: 'waiting' }],
      {},
      `2 calls wait for ${shopUrl}, the oldest for 12 min.`,
    ],
  ])('is not well when %s', async (_, fates, options, problem) => {
    const { problems } = await forwarded(fates, options);
    expect(await problems()).toEqual({ exit: 1, problems: [problem] });
  });

  test.each([
    ['', 'delayed'],
    ['redis://redis.example.com:6379', 'handed over'],
  ] as const)('names the panel that stands, in order, on %j', async (queue, state) => {
    const fates: Fate[] = [
      { state, queue, tries: 12, queued: now - 20 * minute },
      { state, queue, tries: 1 },
      { state: 'waiting', queue },
    ];
    const { problems, captures } = await forwarded(fates, { queue, ordered: true });
    const [id] = captures.map((capture) => capture.id);
    expect((await problems()).problems).toContain(
      `Panel "netcore_hook_test" waits for call ${id}, because --ordered keeps the order. It was tried 12 times in 20 min, and it has no answer. To drop it: netcore-hook queue drop ${id}`,
    );
    const unordered = await forwarded(fates, { queue });
    expect((await unordered.problems()).problems.join()).not.toContain('Panel');
  });

  test('is not well while the handler is spared, and is when it is back', async () => {
    const { announcement, problems, look } = await forwarded([]);
    const reason = 'It answered 503.';
    await announcement?.update({ state: 'open', since: now - 3 * minute, reason });
    expect(await problems()).toEqual({
      exit: 1,
      problems: [`The handler at ${shopUrl} fails for 3 min, and calls wait: ${reason}`],
    });
    expect((await look()).out).toContain('is throttled');
    await announcement?.update(closed);
    expect((await problems()).exit).toBe(0);
  });

  test('needs no listener on a machine that only forwards what comes through Redis', async () => {
    const folder = join(temporaryFolder(), 'away');
    const worker = await announceWorker(
      folder,
      {
        pid: process.pid,
        to: shopUrl,
        queue: 'redis://redis.example.com:6379',
        started: now,
        ordered: false,
        breaker: closed,
      },
      processHost(),
    );
    expect(await status(folder)).toMatchObject({ exit: 0, problems: [] });
    await worker.withdraw();
    await worker.update(closed);
    expect((await status(folder)).exit).toBe(1);
  });

  test('is told by the worker of a listener itself, whose handler fails', async () => {
    const handler = await serve((_, response) => void response.writeHead(503).end());
    const listener = await startListener(['-f', handler.href]);
    for (let calls = 0; calls < 3; calls += 1) {
      await call(listener.url, { headers: formHeaders, body: click });
    }
    await listener.line(/The handler fails/);
    const problems = async () => (await status(listener.store)).problems.join('\n');
    await until(async () => (await problems()).includes('fails for'), 'the worker says so');
    expect(await problems()).toContain('and calls wait: It answered 503.');
    await listener.stop();
    expect(await problems()).toContain('no worker forwards there');
  });
});

describe('status of a queue on Redis', () => {
  test('counts its calls, and names dead, late and paused ones', async () => {
    const redis = await startRedis();
    await handOver(open(redis.url), queued(1));
    const admin = openRedisQueueAdmin(redis.url);
    onTestFinished(() => admin.close());
    const words = ['status', '--queue', redis.url, '--json', '--store', temporaryFolder()];
    const fresh = JSON.parse((await run(words)).out);
    expect(fresh).toMatchObject({ redis: [{ target, states: { waiting: 1 } }] });
    const late = await run(words);
    expect(String(JSON.parse(late.out).problems)).toMatch(
      /1 call waits for \S+ through redis:\S+, the oldest for \d+ days\. No worker is known\./,
    );
    await admin.pause(undefined, Date.now());
    const paused = await run(words);
    expect(String(JSON.parse(paused.out).problems)).toMatch(
      /is paused for .* 1 call waits\. To resume it: netcore-hook queue resume --target \S+ --queue redis:/,
    );
    const { out } = await run(words.filter((word) => word !== '--json'));
    expect(out).toMatch(/^Redis +\S+ {2}through redis:\S+ {2}1 waiting/m);
  });

  test('names its workers on all machines, while they run', async () => {
    const redis = await startRedis();
    const words = ['status', '--queue', redis.url, '--store', temporaryFolder()];
    const workers = async () => JSON.parse((await run([...words, '--json'])).out).redisWorkers;
    const queue = openRedisQueue(redis.url, target);
    const started = Date.UTC(2026, 10, 30, 8);
    queue.announce({ host: 'shop-2', pid: 4711, started });
    await until(async () => (await workers()).length === 1, 'the worker is known');
    expect(await workers()).toEqual([
      { to: target, host: 'shop-2', pid: 4711, started: '2026-11-30T08:00:00.000Z' },
    ]);
    expect((await run(words)).out).toMatch(
      /^ +worker on shop-2 {2}forwards to \S+ {2}pid 4711 {2}since 2026-11-30T08:00:00.000Z$/m,
    );
    // One that was killed an hour ago.
    const [[field, text] = ['', '']] = Object.entries(await redis.client.hgetall(workersKey));
    const gone = { ...JSON.parse(text), seen: Date.now() - 3_600_000 };
    await redis.client.hset(workersKey, field, JSON.stringify(gone));
    expect([await workers(), await redis.client.hlen(workersKey)]).toEqual([[], 0]);
    queue.announce({ host: 'shop-2', pid: 4711, started });
    await until(async () => (await workers()).length === 1, 'it is known again');
    await queue.close();
    expect(await workers()).toEqual([]);
  });

  test('is not well when the server cannot be reached', async () => {
    const { port } = await nobodyThere();
    const words = ['status', '--queue', `redis://127.0.0.1:${port}`, '--store', temporaryFolder()];
    const { exit, out } = await run([...words, '--json']);
    expect({ exit, notice: JSON.parse(out) }).toMatchObject({
      exit: 1,
      notice: { redis: null, problems: expect.arrayContaining([expect.stringContaining('Redis')]) },
    });
  });
});
