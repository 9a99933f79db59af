import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import { everyCapture } from '../../src/call/capture-query.js';
import { processHost } from '../../src/host.js';
import { openDatabase } from '../../src/store/database.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { type History, openHistory } from '../../src/store/history.js';
import { openRecorder, type Recorder } from '../../src/store/recorder.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const host = processHost();

function filesIn(folder: string): StoreFiles {
  return { folder, database: join(folder, 'captures.db') };
}

async function open(files: StoreFiles): Promise<Recorder> {
  const recorder = await openRecorder(files, host);
  onTestFinished(() => recorder.close());
  return recorder;
}

function newest(history: History) {
  return [...history.captures(everyCapture, 'newest first')];
}

function call(text: string, more: Partial<ReceivedCall> = {}): ReceivedCall {
  return {
    time: Date.UTC(2026, 10, 23, 12),
    method: 'POST',
    target: '/hook?x=%00&y=%zz',
    remote: '192.0.2.7',
    headers: [
      ['Host', 'shop.example.com'],
      ['X-Twice', 'one'],
      ['x-twice', 'two'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ],
    body: Buffer.from(text, 'latin1'),
    status: 200,
    ...more,
  };
}

const opened = `data=${encodeURIComponent(
  JSON.stringify({
    netcore_hook_test: [
      {
        channel: 'email',
        event: 'Opened',
        msgid: 546,
        event_params: {
          foreignkey: 'asha@example.com',
          camp_name: 'Autumn sale',
          timestamp: '2026-11-23T12:00:00',
        },
      },
    ],
  }),
)}`;

describe('a recorder', () => {
  test('keeps every byte of a call and every header in its order', async () => {
    const files = filesIn(temporaryFolder());
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const recorder = await open(files);
    const { id } = await recorder.record(call('', { body: everyByte }));
    const history = openHistory(files);
    onTestFinished(() => history.close());
    const found = history.find(id);
    expect(Buffer.from(found.body)).toEqual(everyByte);
    expect(found).toMatchObject({ ...call(''), id, body: expect.anything() });
  });

  test('indexes the events of a call under their canonical names', async () => {
    const files = filesIn(temporaryFolder());
    const recorder = await open(files);
    await recorder.record(call(opened));
    const history = openHistory(files);
    onTestFinished(() => history.close());
    expect(newest(history)[0]).toMatchObject({
      problem: null,
      events: [
        {
          panel: 'netcore_hook_test',
          channel: 'email',
          activity: 'open',
          event: 'Opened',
          msgid: '546',
          who: 'asha@example.com',
          name: 'Autumn sale',
          time: '2026-11-23T12:00:00',
        },
      ],
    });
    const database = openDatabase(files.database);
    onTestFinished(() => database.close());
    expect(database.prepare('select channel, activity, position from events').all([])).toEqual([
      ['email', 'open', 0],
    ]);
  });

  test('records what is no payload too, and says why it is none', async () => {
    const files = filesIn(temporaryFolder());
    const recorder = await open(files);
    await recorder.record(call('data=%7B'));
    const history = openHistory(files);
    onTestFinished(() => history.close());
    expect(newest(history)[0]).toMatchObject({
      events: [],
      problem: expect.stringContaining('not JSON'),
    });
  });

  test('leaves large and coded bodies to be read later', async () => {
    const files = filesIn(temporaryFolder());
    const recorder = await open(files);
    await recorder.record(call('x'.repeat(256 * 1024 + 1)));
    await recorder.record(call('x', { headers: [['Content-Encoding', 'gzip']] }));
    const database = openDatabase(files.database);
    onTestFinished(() => database.close());
    expect(database.prepare('select events from captures').all([])).toEqual([[null], [null]]);
    const history = openHistory(files);
    onTestFinished(() => history.close());
    expect(newest(history).map(({ problem }) => problem)).toEqual([
      expect.stringContaining('gzip'),
      expect.stringContaining('no field "data"'),
    ]);
  });

  test('gives calls that come together ids in the order in which they came', async () => {
    const files = filesIn(temporaryFolder());
    const recorder = await open(files);
    const texts = Array.from({ length: 500 }, (_, index) => `data=${index}`);
    const captures = await Promise.all(texts.map((text) => recorder.record(call(text))));
    const ids = captures.map(({ id }) => id);
    expect(new Set(ids).size).toBe(500);
    expect([...ids].sort()).toEqual(ids);
    const history = openHistory(files);
    onTestFinished(() => history.close());
    expect(ids.map((id) => Buffer.from(history.find(id).body).toString())).toEqual(texts);
  });

  test('keeps nothing of what it could not write, says so, and goes on afterwards', async () => {
    const files = filesIn(temporaryFolder());
    const recorder = await open(files);
    await recorder.record(call('data=before'));
    const other = openDatabase(files.database);
    onTestFinished(() => other.close());
    other.execute(
      "create trigger refuse before insert on captures begin select raise(fail, 'no room'); end",
    );
    await expect(recorder.record(call('data=lost'))).rejects.toMatchObject({
      code: 'store_not_written',
      message: expect.stringContaining('no room'),
    });
    other.execute('drop trigger refuse');
    await recorder.record(call('data=after'));
    const history = openHistory(files);
    onTestFinished(() => history.close());
    const bodies = ['last~1', 'last'].map((each) =>
      Buffer.from(history.find(each).body).toString(),
    );
    expect(bodies).toEqual(['data=before', 'data=after']);
  });

  test('waits for what is under way when it is closed', async () => {
    const files = filesIn(temporaryFolder());
    const recorder = await openRecorder(files, host);
    const pending = [recorder.record(call('data=1')), recorder.record(call('data=2'))];
    await recorder.close();
    expect((await Promise.all(pending)).length).toBe(2);
  });

  test('shares a store with another, and neither loses a call', async () => {
    const files = filesIn(temporaryFolder());
    const recorders = await Promise.all([open(files), open(files)]);
    const captures = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        recorders[index % 2]!.record(call(`data=${index}`)),
      ),
    );
    expect(new Set(captures.map(({ id }) => id)).size).toBe(200);
    const history = openHistory(files);
    onTestFinished(() => history.close());
    expect(newest(history).length).toBe(200);
  });

  test('lets nobody else read its folder and files', async () => {
    const folder = join(temporaryFolder(), 'deep', 'store');
    const recorder = await open(filesIn(folder));
    await recorder.record(call('data=1'));
    const modes = [folder, ...readdirSync(folder).map((name) => join(folder, name))].map(
      (path) => [path, (statSync(path).mode & 0o077).toString(8)] as const,
    );
    expect(modes.length).toBeGreaterThan(2);
    expect(modes.filter(([, others]) => others !== '0')).toEqual([]);
  });
});

describe('opening a store', () => {
  test('refuses the database of another program and leaves it alone', async () => {
    const files = filesIn(temporaryFolder());
    writeFileSync(files.database, '');
    const database = openDatabase(files.database);
    database.execute('create table recipes (name text)');
    database.close();
    await expect(openRecorder(files, host)).rejects.toMatchObject({ code: 'store_foreign' });
    expect(() => openHistory(files)).toThrow('another program');
  });

  test('refuses a store of a newer version', async () => {
    const files = filesIn(temporaryFolder());
    await (await openRecorder(files, host)).close();
    const database = openDatabase(files.database);
    database.execute('pragma user_version = 99');
    database.close();
    await expect(openRecorder(files, host)).rejects.toMatchObject({ code: 'store_newer' });
    expect(() => openHistory(files)).toThrow('newer');
  });

  test('refuses a file that is no database', async () => {
    const files = filesIn(temporaryFolder());
    writeFileSync(files.database, 'This is a shopping list, and no database at all.\n'.repeat(100));
    await expect(openRecorder(files, host)).rejects.toMatchObject({ code: 'store_damaged' });
    expect(() => openHistory(files)).toThrow('is damaged');
  });

  test.each([
    [
      'a file where the folder should be',
      (folder: string) => writeFileSync(join(folder, 'store'), ''),
    ],
    [
      'a folder where the database should be',
      (folder: string) => mkdirSync(join(folder, 'store', 'captures.db'), { recursive: true }),
    ],
  ])('says why it cannot be in %s', async (_, arrange) => {
    const folder = temporaryFolder();
    arrange(folder);
    await expect(openRecorder(filesIn(join(folder, 'store')), host)).rejects.toMatchObject({
      code: 'store_not_writable',
    });
  });

  test('never tries to make a folder among the kernel’s', async () => {
    await expect(openRecorder(filesIn('/proc/netcore-hook/store'), host)).rejects.toMatchObject({
      code: 'store_not_writable',
      message: expect.stringContaining('kernel'),
    });
  });

  test('says that a store is not there, and makes none to look into', () => {
    const folder = join(temporaryFolder(), 'nowhere');
    expect(() => openHistory(filesIn(folder))).toThrow('No store exists');
    expect(statSync(folder, { throwIfNoEntry: false })).toBeUndefined();
  });
});

test('the mode of a folder that was there before is left as it is', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  await open(filesIn(folder));
  expect(statSync(folder).mode & 0o777).toBe(0o755);
});
