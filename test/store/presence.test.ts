import {
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processHost } from '../../src/host.js';
import { announceWorker, findListeners, findWorkers } from '../../src/store/presence.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const host = processHost();
const closed = { state: 'closed', since: null, reason: null } as const;
const worker = {
  pid: process.pid,
  to: 'http://127.0.0.1:3000/webhooks/netcore',
  queue: '',
  started: Date.UTC(2026, 10, 23, 12),
  ordered: false,
  breaker: closed,
};

test('a worker is found as it last said of itself, and not after it has withdrawn', async () => {
  const folder = temporaryFolder();
  const announced = await announceWorker(folder, worker, host);
  expect(await findWorkers(folder, host)).toEqual([worker]);
  expect(await findListeners(folder, host)).toEqual([]);
  const open = { state: 'open', since: worker.started, reason: 'It answered 503.' } as const;
  // The last word counts, though nobody waited for the first.
  void announced.update(closed);
  await announced.update(open);
  expect(await findWorkers(folder, host)).toEqual([{ ...worker, breaker: open }]);
  await announced.withdraw();
  expect(await findWorkers(folder, host)).toEqual([]);
});

test('several workers of a process do not stand in for each other', async () => {
  const folder = temporaryFolder();
  const other = { ...worker, queue: 'redis://redis.example.com:6379' };
  const first = await announceWorker(folder, worker, host);
  await announceWorker(folder, other, host);
  await first.withdraw();
  expect(await findWorkers(folder, host)).toEqual([other]);
});

test('what is said of a worker can be read by its user alone', async () => {
  const folder = temporaryFolder();
  await announceWorker(folder, worker, host);
  const [name = ''] = readdirSync(join(folder, 'workers'));
  expect(statSync(join(folder, 'workers', name)).mode & 0o777).toBe(0o600);
});

test('a killed worker is not found, and is cleared away by the next', async () => {
  const folder = temporaryFolder();
  const lives = (pid: number) => pid === process.pid;
  await announceWorker(folder, { ...worker, pid: 999_999 }, host);
  expect(await findWorkers(folder, { ...host, isProcessAlive: lives })).toEqual([]);
  await announceWorker(folder, worker, { ...host, isProcessAlive: lives });
  expect(readdirSync(join(folder, 'workers')).filter((name) => name.startsWith('999'))).toEqual([]);
});

test('a worker of another PID namespace is found as long as it goes on saying that it lives', async () => {
  const folder = temporaryFolder();
  const process = { ...host.process, namespace: 'pid:[1]' };
  await announceWorker(folder, { ...worker, pid: 999_999 }, { ...host, process });
  expect(await findWorkers(folder, host)).toMatchObject([{ pid: 999_999 }]);
  const [name = ''] = readdirSync(join(folder, 'workers'));
  const note = join(folder, 'workers', name);
  utimesSync(note, new Date(), new Date(Date.now() - 46_000));
  expect(await findWorkers(folder, host)).toEqual([]);
  await announceWorker(folder, worker, host);
  expect(existsSync(note)).toBe(false);
});

test('a note of another process that has the number of a living one is not believed', async () => {
  const folder = temporaryFolder();
  const process = { ...host.process, started: '1' };
  await announceWorker(folder, worker, { ...host, process });
  expect(await findWorkers(folder, host)).toEqual([]);
});

test('only notes are cleared away, and only out of a folder that is no link', async () => {
  const folder = temporaryFolder();
  const workers = join(folder, 'workers');
  mkdirSync(join(workers, 'folder'), { recursive: true });
  writeFileSync(join(workers, 'thesis.txt'), '');
  await announceWorker(folder, worker, { ...host, isProcessAlive: () => false });
  expect(readdirSync(workers)).toHaveLength(3);
  const other = temporaryFolder();
  symlinkSync(workers, join(other, 'workers'));
  await expect(announceWorker(other, worker, host)).rejects.toThrow('workers is a link');
});

test.each(['', 'null', '[]', '{"pid":"1","to":"http://127.0.0.1/","queue":""}', '{"pid":1}'])(
  'a file that says %j of no worker is passed over',
  async (text) => {
    const folder = temporaryFolder();
    await announceWorker(folder, worker, host);
    writeFileSync(join(folder, 'workers', `${process.pid}-broken.json`), text);
    expect(await findWorkers(folder, host)).toEqual([worker]);
  },
);

test('a breaker that makes no sense is taken for closed', async () => {
  const folder = temporaryFolder();
  const broken = { ...worker, breaker: { state: 'ajar', since: 'long', reason: 7 } };
  await announceWorker(folder, worker, host);
  const [name = ''] = readdirSync(join(folder, 'workers'));
  writeFileSync(join(folder, 'workers', name), JSON.stringify(broken));
  expect(await findWorkers(folder, host)).toEqual([worker]);
});
