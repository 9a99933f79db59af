import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatId, seqAt } from '../../src/call/capture-id.js';
import { openDatabase } from '../../src/store/database.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { makeStore } from '../../src/store/schema.js';
import { startLoad } from '../helpers/load.js';
import { runTool, spawnListener } from '../helpers/process.js';
import { filesIn, historyOf } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** As a listener records calls whose clock was set back: one after the other, however long. */
function fillStretch(files: StoreFiles, first: number, captures: number): void {
  makeStore(files, new Uint8Array(32).fill(31));
  const database = openDatabase(files.database);
  database.execute(
    `insert into captures (place, time, method, target, remote, status, headers, events, body)
     with recursive numbers (number) as
       (select 0 union all select number + 1 from numbers where number < ${captures - 1})
     select ${first} + number, ${Date.now()}, 'POST', '/', '203.0.113.7', 200, '[]', '[]', x'' from numbers`,
  );
  database.close();
}

test('a listener answers all calls 200 while ids are imported whose places are taken', async () => {
  const stretch = 50_000;
  const lines = 400;
  const first = seqAt(Date.now() - 60 * 60 * 1000);
  const files = filesIn(join(temporaryFolder(), 'store'));
  fillStretch(files, first, stretch);
  const record = {
    type: 'capture',
    time: new Date().toISOString(),
    method: 'POST',
    target: '/',
    remote: '203.0.113.7',
    status: 200,
    headers: [],
    body: '',
  };
  const file = join(temporaryFolder(), 'captures.jsonl');
  const ids = Array.from({ length: lines }, (_, at) => formatId(first, `${100_000 + at}`));
  writeFileSync(file, ids.map((id) => `${JSON.stringify({ ...record, id })}\n`).join(''));

  const listener = await spawnListener([], { store: files.folder });
  const load = startLoad(listener.url, { clients: 4 });
  await load.reached(10);
  const begun = load.acknowledged.size;
  const imported = await runTool(['history', 'import', file, '--json', '--store', files.folder]);
  const during = load.acknowledged.size - begun;
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(imported.err).toBe('');
  expect(JSON.parse(imported.out)).toMatchObject({ captures: lines, known: 0 });
  expect(during).toBeGreaterThan(10);
  expect(historyOf(files).count()).toBe(stretch + lines + load.acknowledged.size);
});
