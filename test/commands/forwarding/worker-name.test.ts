import { expect, test } from 'vitest';
import { mayLive, workerName } from '../../../src/commands/forwarding/worker-name.js';
import { processHost } from '../../../src/host.js';

const running = [7, 8];
const host = { ...processHost(), pid: 7, processLives: (pid: number) => running.includes(pid) };
const own = workerName(host, 'shop-1');

test('each worker has a name of its own', () => {
  expect(workerName(host, 'shop-1')).not.toBe(own);
});

test.each([
  ['another process that lives', workerName({ ...host, pid: 8 }, 'shop-1'), true],
  ['another process that does not', workerName({ ...host, pid: 9 }, 'shop-1'), false],
  ['the process that had this number before', workerName(host, 'shop-1'), false],
  ['one of another machine, with any number', workerName({ ...host, pid: 9 }, 'shop-2'), true],
  ['one of another machine with this number', workerName(host, 'shop-2'), true],
])('%s', (_, worker, expected) => {
  expect(mayLive(worker, own, host)).toBe(expected);
});
