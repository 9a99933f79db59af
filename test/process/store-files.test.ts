import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { call, formHeaders } from '../helpers/http.js';
import { markedBody, recordedCalls } from '../helpers/load.js';
import { runTool, spawnListener } from '../helpers/process.js';
import { needPrograms } from '../helpers/programs.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

/** Each starts a listener twice. */
vi.setConfig({ testTimeout: 60_000 });

const orders = (name: string) => Array.from({ length: 20 }, (_, at) => `${name}-${at + 1}`);

/** Posts a call for each mark, and resolves to the marks of those that were answered 200. */
async function post(url: string, marks: readonly string[]): Promise<string[]> {
  const taken: string[] = [];
  for (const mark of marks) {
    const { status } = await call(url, { headers: formHeaders, body: markedBody(mark, 0) });
    expect([200, 503]).toContain(status);
    if (status === 200) taken.push(mark);
  }
  return taken;
}

const log = (store: string) => join(store, 'captures.db-wal');
const memory = (store: string) => join(store, 'captures.db-shm');
const database = (store: string) => join(store, 'captures.db');

/** What others do to the files of a store while its listener runs. */
const removals: [string, (store: string) => void][] = [
  [
    'its log and its shared memory removed',
    (store) => {
      rmSync(log(store));
      rmSync(memory(store));
    },
  ],
  ['its log removed', (store) => rmSync(log(store))],
  ['its shared memory removed', (store) => rmSync(memory(store))],
  ['its log moved away', (store) => renameSync(log(store), join(store, 'old-log'))],
];
const cuts: [string, (store: string) => void][] = [
  ['its log emptied', (store) => truncateSync(log(store))],
  ['its log cut', (store) => truncateSync(log(store), 40_000)],
  ['its log overwritten', (store) => writeFileSync(log(store), 'orders of yesterday\n'.repeat(50))],
  ['its database removed', (store) => rmSync(database(store))],
  ['its database emptied', (store) => truncateSync(database(store))],
];

describe('a listener that finds', () => {
  test.each(removals)('%s has saved every call that it answered 200', async (_, remove) => {
    const listener = await spawnListener();
    const { store } = listener;
    const before = await post(listener.url, orders('before'));
    remove(store);
    const after = await post(listener.url, orders('after'));
    process.kill(listener.listener, 'SIGKILL');
    await listener.ended;
    expect(before).toHaveLength(20);
    expect(listener.err() + listener.out()).toMatch(/was (?:removed|replaced); start listen again/);
    const next = await spawnListener([], { store });
    const marks = (await recordedCalls(store)).map(({ mark }) => mark);
    expect(marks).toEqual([...before, ...after]);
    expect(await post(next.url, ['order'])).toEqual(['order']);
  });

  test.each(cuts)('%s answers 200 to no call that cannot be read again', async (_, cut) => {
    const listener = await spawnListener();
    const { store } = listener;
    await post(listener.url, orders('before'));
    cut(store);
    const after = await post(listener.url, orders('after'));
    process.kill(listener.listener, 'SIGKILL');
    await listener.ended;
    await spawnListener([], { store });
    const marks = new Set((await recordedCalls(store)).map(({ mark }) => mark));
    expect(after.filter((mark) => !marks.has(mark))).toEqual([]);
  });
});

test('a listener to which no call comes saves its calls within a second after its log was removed', async () => {
  const listener = await spawnListener();
  const { store } = listener;
  const marks = await post(listener.url, orders('before'));
  rmSync(log(store));
  rmSync(memory(store));
  // Nobody else can tell when it was done: the database itself holds the calls then.
  await until(async () => (await recordedCalls(store)).length === marks.length, 'calls are saved');
  process.kill(listener.listener, 'SIGKILL');
  await listener.ended;
  await spawnListener([], { store });
  expect((await recordedCalls(store)).map(({ mark }) => mark)).toEqual(marks);
});

test('a listener and a worker refuse a store whose file system grants every lock', async () => {
  const [compiler] = needPrograms('cc');
  const folder = temporaryFolder();
  const library = join(folder, 'grant.so');
  const source = join(folder, 'grant.c');
  writeFileSync(source, grantEveryLock);
  execFileSync(compiler, ['-shared', '-fPIC', '-o', library, source]);
  const env = { ...process.env, LD_PRELOAD: library };
  const store = join(folder, 'store');
  await runTool([
    'listen',
    '--port',
    '0',
    '--no-inspect',
    '--exit-after',
    '1',
    '--wait',
    '1ms',
    '--store',
    store,
  ]);
  for (const words of [
    ['listen', '--port', '0'],
    ['queue', 'work', '-f', ':9'],
  ]) {
    const { exit, err } = await runTool([...words, '--store', store], { env });
    expect({ words, exit }).toEqual({ words, exit: 3 });
    expect(err).toContain('store_locks_missing');
  }
  expect(readdirSync(store).filter((name) => name.startsWith('lock-probe'))).toEqual([]);
});

/** What a mount without locks does: https://man7.org/linux/man-pages/man2/F_GETLK.2const.html */
const grantEveryLock = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
static int granted(int command) {
  return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
}
#define WRAP(name) \\
int name(int file, int command, ...) { \\
  va_list rest; va_start(rest, command); void *value = va_arg(rest, void *); va_end(rest); \\
  if (granted(command)) return 0; \\
  return ((int (*)(int, int, ...))dlsym(RTLD_NEXT, #name))(file, command, value); \\
}
WRAP(fcntl)
WRAP(fcntl64)
`;
