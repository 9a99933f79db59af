import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { everyCapture } from '../../src/call/capture-query.js';
import { processHost } from '../../src/host.js';
import { openDatabase } from '../../src/store/database.js';
import { openRecorder } from '../../src/store/recorder.js';
import { schemaVersion } from '../../src/store/schema.js';
import { databaseOf, filesIn, historyOf, plainCall } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** A store as version 1 left it, with one capture. */
function storeOfVersion1() {
  const files = filesIn(temporaryFolder());
  writeFileSync(files.database, '');
  const database = openDatabase(files.database);
  database.execute(`
    pragma journal_mode = wal;
    create table store (tag text not null) strict;
    create table captures (
      place integer primary key, time integer not null, method text not null, target text not null,
      remote text not null, status integer not null, problem text, headers text not null,
      events text, body blob not null
    ) strict;
    create table events (
      channel text not null, activity text not null, capture integer not null,
      position integer not null, primary key (channel, activity, capture, position)
    ) strict, without rowid;
    insert into store values ('abcdef');
    insert into captures values (1000, 0, 'POST', '/hook', '203.0.113.7', 200, null, '[]',
      '[["email","open","netcore_hook_test","open","546",null,null,null]]', x'646174613d');
    insert into events values ('email', 'open', 1000, 0);
    pragma application_id = ${0x4e43484b};
    pragma user_version = 1;
  `);
  database.close();
  return files;
}

/** The same as version 3 left it: two captures that were sent again, one of which was forwarded. */
function storeOfVersion3() {
  const files = storeOfVersion1();
  const database = openDatabase(files.database);
  database.execute(`
    create table imports (capture integer primary key, id text not null unique) strict;
    create table attempts (
      capture integer not null, number integer not null, event integer, time integer not null,
      url text not null, status integer, reason text, ms real not null, answer text,
      primary key (capture, number)
    ) strict, without rowid;
    create index captures_by_status on captures (status);
    create index captures_unread on captures (place) where events is null;
    create table destinations (
      id integer primary key, url text not null, queue text not null, unique (url, queue)
    ) strict;
    create table deliveries (
      capture integer primary key, destination integer not null, state integer not null,
      due integer not null, queued integer not null, tries integer not null, worker text
    ) strict;
    create index deliveries_waiting on deliveries (destination, capture) where state = 0;
    create index deliveries_delayed on deliveries (destination, due) where state = 1;
    create index deliveries_active on deliveries (due) where state = 2;
    insert into captures select 2000, time, method, target, remote, status, problem, headers, events, body from captures;
    insert into destinations values (1, 'http://127.0.0.1:3000/webhooks/netcore', '');
    insert into deliveries values (2000, 1, 4, 0, 0, 1, null);
    insert into attempts values
      (1000, 1, null, 0, 'http://127.0.0.1:3000/hook', 200, null, 1, null),
      (1000, 2, null, 0, 'http://127.0.0.1:3000/hook', 503, null, 1, null),
      (1000, 3, 1, 0, 'http://127.0.0.1:3000/hook', 200, null, 1, null),
      (2000, 1, null, 0, 'http://127.0.0.1:3000/webhooks/netcore', 200, null, 1, null);
    pragma user_version = 3;
  `);
  database.close();
  return files;
}

describe('a store of an older version', () => {
  test.each([
    ['the history', (files: ReturnType<typeof filesIn>) => void historyOf(files)],
    [
      'a recorder',
      async (files: ReturnType<typeof filesIn>) =>
        (await openRecorder(files, processHost())).close(),
    ],
  ])('is brought up to date by %s, and keeps what it held', async (_, open) => {
    const files = storeOfVersion1();
    await open(files);
    expect(databaseOf(files).prepare('pragma user_version').first([])).toEqual([schemaVersion]);
    const [capture, ...others] = historyOf(files).captures(everyCapture, 'newest first');
    expect(others).toEqual([]);
    expect(capture).toMatchObject({
      id: '00000000z8abcdef',
      target: '/hook',
      events: [{ channel: 'email', activity: 'open', msgid: '546' }],
    });
  });

  test('knows what captures were answered when they were last replayed whole', () => {
    const files = storeOfVersion3();
    const captures = [...historyOf(files).captures(everyCapture, 'oldest first')];
    expect(captures.map(({ outcome }) => outcome)).toEqual(['failed', 'dead']);
    const replays = databaseOf(files).prepare('select capture, answered from replays').all([]);
    expect(replays).toEqual([[1000, 503]]);
  });

  test('is brought up to date once when two open it at the same time', async () => {
    const files = storeOfVersion1();
    const recorders = await Promise.all([
      openRecorder(files, processHost()),
      openRecorder(files, processHost()),
    ]);
    await Promise.all(recorders.map((recorder) => recorder.record(plainCall)));
    await Promise.all(recorders.map((recorder) => recorder.close()));
    expect(historyOf(files).count()).toBe(3);
  });
});

test('a new store has the newest version', async () => {
  const files = filesIn(temporaryFolder());
  await (await openRecorder(files, processHost())).close();
  expect(databaseOf(files).prepare('pragma user_version').first([])).toEqual([schemaVersion]);
});
