import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { everyCapture } from '../../src/call/capture-query.js';
import { processHost } from '../../src/host.js';
import { openDatabase } from '../../src/store/database.js';
import { createStoreFiles } from '../../src/store/folder.js';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import { openRecorder, type Recorder } from '../../src/store/recorder.js';
import { alone, findSetAside, markCopied, openSalvage, setAside } from '../../src/store/salvage.js';
import { runTool } from '../helpers/process.js';
import { run } from '../helpers/run.js';
import {
  bodyOf,
  databaseOf,
  filesIn,
  historyOf,
  plainCall,
  recordCalls,
} from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { idleTurn } from '../helpers/turn.js';

/** Many stores are opened one after the other. */
vi.setConfig({ testTimeout: 60_000 });

const host = processHost();
const pageSize = 8192;
const destination = { url: 'https://shop.example.com/hook', queue: '' };

/** A store of forty captures that wait to be forwarded, in one file. */
let origin: string;
let sound: Buffer;
let ids: readonly string[];

beforeAll(async () => {
  origin = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const files = filesIn(origin);
  const recorder = await openRecorder(files, host, [destination]);
  const recorded: string[] = [];
  for (let call = 0; call < 40; call += 1) {
    const note = 'x'.repeat((call % 5) * 900);
    const body = bodyOf([{ channel: 'email', event: 'open', msgid: String(call), note }]);
    recorded.push((await recorder.record({ ...plainCall, body })).id);
  }
  await recorder.close();
  ids = recorded;
  sound = readFileSync(files.database);
});

afterAll(() => rmSync(origin, { recursive: true, force: true }));

function damaged(damage: (bytes: Buffer) => Uint8Array) {
  const files = filesIn(temporaryFolder());
  writeFileSync(files.database, damage(Buffer.from(sound)), { mode: 0o600 });
  return files;
}

/** As `listen` opens a store; what was set aside is copied back whole. */
async function openAnyway(files: ReturnType<typeof filesIn>) {
  let recorder: Recorder;
  let lost = 0;
  try {
    recorder = await openRecorder(files, host, [destination]);
  } catch (error) {
    expect(String(error)).not.toMatch(/damaged:.*damaged:|\.\.$/);
    const path = await setAside(error, files, host);
    recorder = await openRecorder(files, host, [destination]);
    const database = openDatabase(files.database);
    const salvage = openSalvage(path, database);
    while (salvage.step());
    lost = salvage.lost;
    salvage.close();
    database.close();
  }
  return { recorder, lost };
}

describe('a store with a damaged page', () => {
  const pages = () => sound.length / pageSize;

  test.each([
    ['zeros', (page: Buffer) => page.fill(0)],
    ['noise', (page: Buffer) => page.fill('\u00b7#?', 0, 64)],
  ])('of %s shows each call that it then takes, and what could be read', async (_, damage) => {
    for (let page = 1; page < pages(); page += 4) {
      const files = damaged((bytes) => {
        damage(bytes.subarray(page * pageSize, (page + 1) * pageSize));
        return bytes;
      });
      if (hasSchema(page)) {
        // Nothing can be copied, and the file stays where it was set aside.
        await expect(openAnyway(files)).rejects.toThrow('malformed');
        continue;
      }
      const { recorder, lost } = await openAnyway(files);
      const { id } = await recorder.record(plainCall);
      await recorder.close();
      const found = [...historyOf(files).captures(everyCapture, 'oldest first')].map(
        (each) => each.id,
      );
      expect({ page, newest: found.at(-1) }).toEqual({ page, newest: id });
      const kept = found.filter((each) => ids.includes(each));
      expect({ page, kept: kept.length }).toEqual({ page, kept: ids.length - lost });
      expect(kept).toEqual(ids.filter((each) => found.includes(each)));
      // A leaf holds some five of these calls.
      expect({ page, lost, few: lost <= 10 }).toEqual({ page, lost, few: true });
      const admin = openStoreQueueAdmin(files, host.now);
      const { states } = await admin.counts(destination);
      await admin.close();
      // Only the page of the deliveries themselves says nothing of those that wait.
      expect([0, found.length - 1]).toContain(states.waiting - 1);
    }
  });
});

test('of two listeners that start on a damaged store, one sets it aside, and the other one does not start', async () => {
  const files = damaged((bytes) => bytes.fill(0, pageSize));
  const store = ['--store', files.folder, '--port', '0', '--no-inspect', '--exit-after', '1'];
  const start = () => runTool(['listen', ...store, '--wait', '1ms', '--json']);
  const ended = await Promise.all([start(), start()]);
  const aside = readdirSync(files.folder).filter((name) =>
    /^captures\.(damaged|copied).*db$/.test(name),
  );
  expect(aside).toHaveLength(1);
  const told = ended.filter(({ out, err }) => (out + err).includes('store_set_aside'));
  expect(told).toHaveLength(1);
  for (const { out, err } of ended) {
    if (!out.includes('"ready"')) expect(out + err).toContain('store_damaged');
  }
  expect(existsSync(join(files.folder, 'setting-aside'))).toBe(false);
});

test('a lock of a process that was killed while it set a store aside is not waited for', async () => {
  const { folder } = damaged((bytes) => bytes);
  const files = filesIn(folder);
  const lock = join(folder, 'setting-aside');
  const held = new Error('It is damaged.');
  mkdirSync(lock);
  await expect(alone(files, held, async () => 1)).rejects.toBe(held);
  utimesSync(lock, 0, 0);
  expect(await alone(files, held, async () => 1)).toBe(1);
});

test('a truncated store keeps what stands before the cut', async () => {
  // What was recorded last stands at the end of the file, as far as it took pages of its own.
  const files = damaged((bytes) => bytes.subarray(0, bytes.length - Math.floor(pageSize * 5.5)));
  const { recorder, lost } = await openAnyway(files);
  await recorder.record(plainCall);
  await recorder.close();
  expect(historyOf(files).count()).toBe(ids.length - lost + 1);
  expect(lost).toBeLessThan(ids.length);
});

test.each([
  ['a text file', Buffer.from('orders of yesterday\n'.repeat(1000))],
  ['a database without its first page', Buffer.alloc(4 * pageSize)],
])(
  '%s in the place of the database is set aside, and nothing of it is copied',
  async (_, bytes) => {
    const files = damaged(() => bytes);
    const error = await openRecorder(files, host).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'store_damaged' });
    const path = await setAside(error, files, host);
    const recorder = await openRecorder(files, host);
    await recorder.close();
    expect(readFileSync(path)).toEqual(bytes);
    expect(findSetAside(files.folder)).toEqual([path]);
    const database = openDatabase(files.database);
    expect(() => openSalvage(path, database)).toThrow(/not a database/);
    database.close();
    expect(findSetAside(files.folder)).toEqual([path]);
    expect(readFileSync(markCopied(path))).toEqual(bytes);
    expect(findSetAside(files.folder)).toEqual([]);
  },
);

test('a copy that was interrupted goes on, and gives nothing twice', async () => {
  const files = damaged((bytes) => bytes.subarray(0, bytes.length - 2 * pageSize));
  const error = await openRecorder(files, host).catch((thrown: unknown) => thrown);
  const path = await setAside(error, files, host);
  await (await openRecorder(files, host)).close();
  const database = openDatabase(files.database);
  const interrupted = openSalvage(path, database);
  interrupted.step();
  interrupted.close();
  const half = historyOf(files).count();
  // What was removed since is not brought back.
  database.execute('delete from captures where place = (select min(place) from captures)');
  const resumed = openSalvage(path, database);
  while (resumed.step());
  resumed.close();
  database.close();
  expect(half).toBeGreaterThan(0);
  expect(historyOf(files).count()).toBe(half - 1 + resumed.copied);
});

test('an empty database beside a log that holds calls is not taken for a new store', async () => {
  const files = filesIn(temporaryFolder());
  const recorder = await openRecorder(files, host);
  await recorder.record(plainCall);
  const log = readFileSync(`${files.database}-wal`);
  await recorder.close();
  writeFileSync(files.database, '');
  writeFileSync(`${files.database}-wal`, log);
  const error = await openRecorder(files, host).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'store_damaged' });
  expect(readFileSync(`${files.database}-wal`)).toEqual(log);
  const path = await setAside(error, files, host);
  expect(readFileSync(`${path}-wal`)).toEqual(log);
});

test('a damaged store that a listener still uses is left where it is', async () => {
  const files = damaged((bytes) => bytes.fill(0, 0, 100));
  mkdirSync(join(files.folder, 'listeners'));
  const presence = { pid: process.pid, url: 'http://127.0.0.1:4400', started: 0 };
  writeFileSync(join(files.folder, 'listeners', '1-4400.json'), JSON.stringify(presence));
  const error = await openRecorder(files, host).catch((thrown: unknown) => thrown);
  await expect(setAside(error, files, host)).rejects.toMatchObject({ code: 'store_damaged' });
  expect(findSetAside(files.folder)).toEqual([]);
});

describe('what stands in the place of the database', () => {
  test('is not followed when it is a link, and what it leads to keeps its mode', () => {
    const files = filesIn(temporaryFolder());
    const foreign = join(temporaryFolder(), 'notes.txt');
    writeFileSync(foreign, 'notes', { mode: 0o644 });
    chmodSync(foreign, 0o644);
    symlinkSync(foreign, files.database);
    expect(() => createStoreFiles(files)).toThrow(/captures\.db is a link/);
    expect(statSync(foreign).mode & 0o777).toBe(0o644);
    expect(readFileSync(foreign, 'utf8')).toBe('notes');
  });

  test.each(['-wal', '-shm', '-journal'])('is not opened beside a link: %s', (end) => {
    const files = filesIn(temporaryFolder());
    createStoreFiles(files);
    writeFileSync(files.database, 'not empty');
    const foreign = join(temporaryFolder(), 'notes.txt');
    writeFileSync(foreign, 'notes');
    symlinkSync(foreign, files.database + end);
    expect(() => createStoreFiles(files)).toThrow(`captures.db${end} is a link`);
  });

  test('keeps its mode when it has another name, too', () => {
    const files = filesIn(temporaryFolder());
    const foreign = join(temporaryFolder(), 'captures.db');
    copyFileSync(join(origin, 'captures.db'), foreign);
    chmodSync(foreign, 0o644);
    linkSync(foreign, files.database);
    createStoreFiles(files);
    expect(statSync(foreign).mode & 0o777).toBe(0o644);
  });
});

function pageText(page: number): string {
  return sound.subarray(page * pageSize, (page + 1) * pageSize).toString('latin1');
}

/** Without its schema, a store cannot be opened. */
function hasSchema(page: number): boolean {
  return /create (?:table|trigger|index)/i.test(pageText(page));
}

describe('the history of a store with a damaged page', () => {
  test('shows every capture but those that stand on the page, and counts these', async () => {
    let left = 0;
    for (let page = 3; page < sound.length / pageSize; page += 5) {
      if (hasSchema(page)) continue;
      const files = damaged((bytes) => bytes.fill(0, page * pageSize, (page + 1) * pageSize));
      const history = historyOf(files);
      for (const order of ['newest first', 'oldest first'] as const) {
        const before = history.unreadable();
        let found: string[];
        try {
          found = [...history.captures(everyCapture, order)].map(({ id }) => id);
        } catch (error) {
          // Neither the captures nor the index that names them can be read.
          expect(error).toMatchObject({ code: 'store_damaged' });
          continue;
        }
        const missing = history.unreadable() - before;
        expect({ page, captures: new Set(found).size + missing }).toEqual({ page, captures: 40 });
        left += missing;
      }
    }
    expect(left).toBeGreaterThan(0);
  });

  test.each([
    ['headers that are not JSON', "headers = '{'"],
    ['events that are not JSON', "events = '[['"],
    ['a time that no clock has', 'time = 9007199254740991'],
  ])('leaves out a row of %s', async (_, values) => {
    const { files } = await recordCalls([{}, {}, {}]);
    databaseOf(files).execute(
      `update captures set ${values} where place = (select max(place) from captures)`,
    );
    const { out, err, exit } = await run(['history', 'export', '--store', files.folder]);
    expect(exit).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(2);
    expect(err).toContain('1 unreadable capture was skipped');
    const shown = await run(['history', 'show', 'last', '--store', files.folder]);
    expect(shown.exit === 0 || shown.err.includes('explain store_damaged')).toBe(true);
    expect(shown.err).not.toContain('bug');
  });
});

test('a call that cannot be read is given up, and those behind it are forwarded', async () => {
  const { files } = await recordCalls([]);
  const recorder = await openRecorder(files, host, [destination]);
  await recorder.record(plainCall);
  const { id } = await recorder.record(plainCall);
  databaseOf(files).execute(
    `update captures set headers = '{' where place = (select min(place) from captures)`,
  );
  const turn = {
    ...{ destination, worker: 'worker', now: Date.now(), leaseUntil: Date.now() + 60_000 },
    ...{ ...idleTurn, maxDelayed: 8, maxWaiting: 8 },
  };
  const { calls } = await recorder.turn(turn);
  await recorder.close();
  expect(calls.map(({ capture }) => capture.id)).toEqual([id]);
  const admin = openStoreQueueAdmin(files, host.now);
  expect((await admin.counts(destination)).states).toMatchObject({ active: 1, dead: 1 });
  await admin.close();
});

test.each([
  ['time', '9e18, headers'],
  ['headers', `time, '{'`],
])('a row with a damaged %s is skipped and named by each command', async (damaged, columns) => {
  const { files } = await recordCalls([{ body: bodyOf([{ channel: 'email' }]) }]);
  const database = openDatabase(files.database);
  database.execute(
    `insert into captures (place, time, headers, method, target, remote, status, events, body)
     select place + 1, ${columns}, method, target, remote, status, events, body from captures`,
  );
  database.close();
  const store = ['--store', files.folder];
  const exported = await run(['history', 'export', ...store]);
  expect(exported.out.match(/"type":"capture"/g)).toHaveLength(1);
  const replayed = await run(['replay', '--last', '2', '--print', 'form', ...store]);
  expect(replayed.out.match(/^data=/gm)).toHaveLength(1);
  for (const { exit, err } of [exported, replayed]) {
    expect({ exit, err }).toEqual({
      exit: 0,
      err: expect.stringContaining('1 unreadable capture was skipped: the store is damaged.'),
    });
  }
  if (damaged === 'headers') return;
  expect((await run(['status', ...store])).out).toContain('The newest capture cannot be read');
});
