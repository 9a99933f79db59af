import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { asha, ashaSms, filesWith, ravi, tracesOfAsha } from '../helpers/contact-files.js';
import { makeHandler } from '../helpers/handler.js';
import { call, formHeaders } from '../helpers/http.js';
import { runTool, spawnListener, spawnTool } from '../helpers/process.js';
import { startRedis } from '../helpers/redis-server.js';
import { isHandedOver, newStore } from '../helpers/redis-store.js';
import { bodyOf, databaseOf, filesIn, recordCalls } from '../helpers/store.js';
import { until } from '../helpers/until.js';

/** Each starts several processes, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 180_000 });

const eraseWords = ['history', 'erase', '--who', 'asha@example.com', '--yes', '--json'];

/** A store of some megabytes: every third capture has an event of the contact, the last ones by number only. */
async function largeStore(captures = 1500) {
  const filler = { ...ravi, note: 'x'.repeat(4000) };
  const { files } = await recordCalls(
    Array.from({ length: captures }, (_, index) => {
      if (index % 3 > 0) return { body: bodyOf([filler]) };
      return { body: bodyOf([index < captures / 2 ? asha : ashaSms, filler]) };
    }),
  );
  return files;
}

test('a listener records every call while a contact is erased, and goes on afterwards', async () => {
  const files = await largeStore();
  const listener = await spawnListener([], { store: files.folder });
  const statuses: number[] = [];
  let isErasing = true;
  const post = async () => {
    while (isErasing) {
      const answer = await call(listener.url, { headers: formHeaders, body: bodyOf([ravi]) });
      statuses.push(answer.status);
    }
  };
  const posting = [post(), post()];
  const { exit, out, err } = await runTool([...eraseWords, '--store', files.folder]);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ events: 500, linked: 1, complete: true });
  for (const word of tracesOfAsha) expect(filesWith(word, files)).toEqual([]);
  // The listener checks its files before each call.
  const before = statuses.length;
  await until(() => statuses.length > before + 20, 'calls go on');
  isErasing = false;
  await Promise.all(posting);
  const more = await call(listener.url, { headers: formHeaders, body: bodyOf([ravi]) });
  expect(more.status).toBe(200);
  expect(new Set(statuses)).toEqual(new Set([200]));
  const count = databaseOf(files).prepare('select count(*) from captures');
  expect(count.first([])).toEqual([1500 + statuses.length + 1]);
});

test('an erasure that was killed is completed by the same command, by all identifiers', async () => {
  const files = await largeStore();
  const words = [...eraseWords, '--store', files.folder];
  const erased = databaseOf(files).prepare('select count(*) from erased');
  for (const captures of [20, 240, 400]) {
    const child = spawnTool(words);
    await until(() => Number(erased.first([])?.[0]) >= captures, 'some are erased', 60_000);
    child.process.kill('SIGKILL');
    await child.ended;
  }
  const rewriting = spawnTool(words);
  await until(() => existsSync(join(files.folder, 'rewriting')), 'the file is rewritten', 60_000);
  rewriting.process.kill('SIGKILL');
  await rewriting.ended;
  const { exit, err } = await runTool(words);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  expect(erased.first([])).toEqual([500]);
  for (const word of tracesOfAsha) expect(filesWith(word, files)).toEqual([]);
  const listener = await spawnListener([], { store: files.folder });
  expect((await call(listener.url, { headers: formHeaders, body: bodyOf([ravi]) })).status).toBe(
    200,
  );
});

test('erases a contact from calls on Redis and from the answers of handlers, and names a queue that it does not search', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  // Not started: every call waits on the server after a try.
  const store = newStore();
  const words = ['--forward-to', handler.url, '--queue', redis.url];
  const listener = await spawnListener(words, { store });
  const bodies = [bodyOf([asha, ravi]), bodyOf([asha]), bodyOf([ashaSms, ravi]), bodyOf([ravi])];
  for (const body of bodies) {
    expect((await call(listener.url, { headers: formHeaders, body })).status).toBe(200);
  }
  await until(isHandedOver(store, handler, redis.url, 4), 'all are on the server');
  const dump = async () => {
    const keys = await redis.client.keys('*');
    const texts = await Promise.all(
      keys.map(async (key) => {
        const type = await redis.client.type(key);
        if (type !== 'hash') return '';
        const values = Object.values(await redis.client.hgetall(key));
        return values
          .map((text) => {
            const body = /"body":"([\w+/=]*)"/.exec(text)?.[1] ?? '';
            return `${text}${decodeURIComponent(Buffer.from(body, 'base64').toString())}`;
          })
          .join('\n');
      }),
    );
    return texts.join('\n').toLowerCase();
  };
  expect(await dump()).toContain('asha@example.com');
  const without = await runTool([...eraseWords, '--dry-run', '--store', store]);
  expect(JSON.parse(without.out)).toMatchObject({ events: 3, redis: null });
  process.kill(listener.listener, 'SIGTERM');
  await listener.ended;
  const { exit, out, err } = await runTool([...eraseWords, '--queue', redis.url, '--store', store]);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ events: 3, redis: { calls: 3, events: 3, inFlight: 0 } });
  for (const word of tracesOfAsha) {
    expect(await dump()).not.toContain(word.toLowerCase());
    expect(filesWith(word, filesIn(store))).toEqual([]);
  }
  expect((await redis.client.keys('*:call-*')).length).toBe(3);
  const again = await runTool([...eraseWords, '--store', store]);
  expect(again.exit).toBe(1);
  expect(JSON.parse(again.out).unreached[0].text).toContain('repeat the command with --queue');
  // The others still arrive.
  await handler.start({ kind: 'take' });
  await spawnListener(words, { store });
  await until(
    () => redis.client.keys('*:call-*').then((keys) => keys.length === 0),
    'all arrive',
    60_000,
  );
});

test('a listener records again once another process has let the store go', async () => {
  const { files } = await recordCalls([{}]);
  const listener = await spawnListener([], { store: files.folder });
  const post = async () =>
    (await call(listener.url, { headers: formHeaders, body: bodyOf([ravi]) })).status;
  const other = databaseOf(files);
  other.execute('begin immediate');
  expect(await post()).toBe(503);
  other.execute('commit');
  expect([await post(), await post()]).toEqual([200, 200]);
});
