import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyCapture } from '../../src/call/capture-query.js';
import { processHost } from '../../src/host.js';
import { type History, openHistory } from '../../src/store/history.js';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import { openRecorder } from '../../src/store/recorder.js';
import { makePipe } from '../helpers/pipe.js';
import { run } from '../helpers/run.js';
import { bodyOf, databaseOf, historyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

describe('a history of three captures', () => {
  let folder: string;
  let history: History;
  let ids: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
    const files = { folder, database: join(folder, 'captures.db') };
    const recorder = await openRecorder(files, processHost());
    ids = [];
    for (const text of ['data=first', 'data=second', 'data=third']) {
      const { id } = await recorder.record({
        time: 0,
        method: 'POST',
        target: '/',
        remote: '192.0.2.7',
        headers: [],
        body: Buffer.from(text),
        status: 200,
      });
      ids.push(id);
    }
    await recorder.close();
    history = openHistory(files);
  });

  afterAll(() => {
    history.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['newest first', [2, 1, 0]],
    ['oldest first', [0, 1, 2]],
  ] as const)('lists them %s', (order, indices) => {
    const found = [...history.captures(everyCapture, order)].map(({ id }) => id);
    expect(found).toEqual(indices.map((index) => ids[index]));
  });

  test.each([
    ['last', 2],
    ['LAST', 2],
    ['last~0', 2],
    ['last~2', 0],
  ])('finds %s', (reference, index) => {
    expect(history.find(reference).id).toBe(ids[index]);
  });

  test('finds each by its whole id, by its short one, and in capitals', () => {
    for (const id of ids) {
      expect(history.find(id).id).toBe(id);
      expect(history.find(id.slice(0, 10)).id).toBe(id);
      expect(history.find(id.toUpperCase()).id).toBe(id);
    }
  });

  test('names the candidates when a beginning is shared', () => {
    expect(() => history.find(ids[0]!.slice(0, 2))).toThrow(
      expect.objectContaining({
        code: 'ambiguous_id',
        message: expect.stringContaining(ids[1]!.slice(0, 10)),
      }),
    );
  });

  test.each([['last~3'], ['zzzzzzzzzz'], ['last~'], ['../x'], ['']])('knows no %j', (reference) => {
    expect(() => history.find(reference)).toThrow(
      expect.objectContaining({ code: 'no_such_capture' }),
    );
  });

  test('does not take an id of another store for its own', () => {
    const foreign = `${ids[0]!.slice(0, 10)}${ids[0]!.endsWith('0') ? '111111' : '000000'}`;
    expect(() => history.find(foreign)).toThrow(
      expect.objectContaining({ code: 'no_such_capture' }),
    );
  });
});

test('a search for rare words says how far it has come, though it finds nothing', async () => {
  const { files } = await recordCalls([]);
  const database = databaseOf(files);
  database.execute(
    `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 5000)
     insert into captures (place, time, method, target, remote, status, headers, events, body)
     select n, n, 'POST', '/', '203.0.113.7', 200, '[]',
       iif(n = 3000, '[["email","open","south"]]', '[["email","open","north"]]'), x'' from numbers`,
  );
  const query = { ...everyCapture, events: { ...everyCapture.events, panels: ['south'] } };
  for (const order of ['newest first', 'oldest first'] as const) {
    const looked = [...historyOf(files).search(query, order)];
    const positions = looked.map(({ seq }) => seq);
    expect(positions.length).toBeGreaterThan(3);
    expect(positions).toEqual(
      [...positions].sort((a, b) => (order === 'oldest first' ? a - b : b - a)),
    );
    const found = looked.flatMap((each) => each.found ?? []);
    expect(found).toMatchObject([{ seq: 3000, events: [{ panel: 'south' }] }]);
  }
});

test('half of a surrogate pair, which JSON may hold, harms nobody who reads the index', async () => {
  const event = { channel: 'half \ud83d', event: '\udc4b', msgid: '546' };
  const { files } = await recordCalls([{ body: bodyOf([event]) }]);
  expect(historyOf(files).kinds()).toEqual([['half \ufffd', '\ufffd']]);
});

test('a capture that another process removes after it was listed is not there to be read, which is no failure', async () => {
  const { files } = await recordCalls([{}, {}, {}]);
  const history = historyOf(files);
  const listed = [...history.captures(everyCapture, 'oldest first')];
  const removed = databaseOf(files).prepare('delete from captures where place = ?');
  removed.run([listed[1]!.seq]);
  expect(listed.map(({ seq }) => history.at(seq)?.id)).toEqual([
    listed[0]!.id,
    undefined,
    listed[2]!.id,
  ]);
});

test('takes any number of panels, message ids and captures', async () => {
  const { files } = await recordCalls([{}]);
  const many = Array.from({ length: 1_200 }, (_, number) => `word${number}`);
  const store = ['--store', files.folder];
  for (const option of ['--panel', '--msgid']) {
    const { exit } = await run(['history', 'list', option, many.join(','), ...store]);
    expect({ option, exit }).toEqual({ option, exit: 0 });
  }
  const history = openHistory(files);
  const { id } = history.find('last');
  history.close();
  const admin = openStoreQueueAdmin(files, Date.now);
  const ids = Array<string>(40_000).fill(id);
  const choice = { ids, states: [], target: undefined };
  expect(await admin.list(choice)[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  await admin.close();
});

test.each([['history'], ['status'], ['queue']])(
  '%s does not wait for the other end of a pipe in place of the database',
  async (command) => {
    const folder = temporaryFolder();
    makePipe(join(folder, 'captures.db'));
    const { exit, err } = await run([command, '--store', folder]);
    expect({ exit, named: err.includes('captures.db is not a file') }).toEqual({
      exit: 3,
      named: true,
    });
  },
);
