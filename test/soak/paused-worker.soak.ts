import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SqlRow } from '../../src/store/database.js';
import { makeHandler } from '../helpers/handler.js';
import { call, formHeaders } from '../helpers/http.js';
import { markedBody } from '../helpers/load.js';
import { spawnListener, spawnWorker } from '../helpers/process.js';
import { databaseOf, filesIn } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';
import { print } from './figures.js';

test('a worker that is stopped for two minutes loses its calls after its lease, and sends none of them later', async () => {
  const handler = await makeHandler();
  await handler.start({ kind: 'hang' });
  const words = ['--forward-to', handler.url, '--forward-timeout', '10m'];
  const store = join(temporaryFolder(), 'store');
  const listener = await spawnListener(words, { store });
  const marks = Array.from({ length: 30 }, (_, index) => `order-${index + 1}`);
  for (const mark of marks) {
    await call(listener.url, { headers: formHeaders, body: markedBody(mark, 0) });
  }
  await handler.until(
    () => handler.calls.length === 4,
    'four are under way, the others taken ahead',
  );
  await handler.behave({ kind: 'take' });
  process.kill(listener.pid, 'SIGSTOP');
  const stopped = Date.now();
  const worker = await spawnWorker(words, { store });
  await handler.until(() => handler.taken.size === 30, 'the other worker has them', 120_000);
  const held = handler.calls.slice(0, 4).map(({ mark }) => mark);
  const again = handler.calls.slice(4).find(({ mark }) => held.includes(mark));
  const waited = (again?.time ?? 0) - stopped;
  process.kill(listener.pid, 'SIGCONT');
  const workers = databaseOf(filesIn(store)).prepare('select name from workers');
  const itself = ([name]: SqlRow) => String(name).startsWith(`${listener.pid}.`);
  await until(() => workers.all([]).some(itself), 'it has found out what it lost');
  process.kill(listener.pid, 'SIGTERM');
  process.kill(worker.pid, 'SIGTERM');
  await Promise.all([listener.ended, worker.ended]);
  const came = (mark: string) => handler.calls.filter((each) => each.mark === mark).length;
  const twice = marks.filter((mark) => came(mark) > 1);
  print('a worker that is stopped', {
    'seconds until its calls come again': Math.round(waited / 1000),
    'calls that came twice': twice.length,
  });
  // Its last sign of life was at most 10 s old when it was stopped.
  expect(waited).toBeGreaterThan(30_000);
  expect(twice).toHaveLength(4);
  expect(marks.every((mark) => came(mark) <= 2)).toBe(true);
});
