import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { everyCapture } from '../../src/call/capture-query.js';
import { processHost } from '../../src/host.js';
import type { Database } from '../../src/store/database.js';
import { readNextUnread } from '../../src/store/maintenance.js';
import { openRecorder } from '../../src/store/recorder.js';
import { bodyOf, databaseOf, historyOf, plainCall, recordCalls } from '../helpers/store.js';

/** Reads all there are, and returns how many those were. */
function catchUp(database: Database): number {
  let read = 0;
  for (let place: number | undefined = 0; ; read += 1) {
    place = readNextUnread(database, place);
    if (place === undefined) return read;
  }
}

const gzipped = (events: readonly unknown[]) => ({
  body: gzipSync(bodyOf(events)),
  headers: [['Content-Encoding', 'gzip']] as const,
});

/** SQLite refuses every event of this channel. */
function refuse(database: Database, channel: string): void {
  database.execute(
    `create trigger refused before insert on events when new.channel = '${channel}'
     begin select raise(abort, 'refused'); end`,
  );
}

describe('catching up', () => {
  test('puts the events of a coded body into the index, once', async () => {
    const call = gzipped([{ channel: 'sms', event: 'click' }, { channel: 'email' }]);
    const { files } = await recordCalls([call]);
    const database = databaseOf(files);
    expect([catchUp(database), catchUp(database)]).toEqual([1, 0]);
    expect(database.prepare('select channel, activity, position from events').all([])).toEqual([
      ['email', '', 1],
      ['sms', 'click', 0],
    ]);
    const [capture] = historyOf(files).captures(everyCapture, 'newest first');
    expect(capture?.events.length).toBe(2);
  });

  test('keeps why a body cannot be read, and does not try it again', async () => {
    const call = gzipped([{ channel: 'sms', event: 'click' }]);
    const { files } = await recordCalls([{ ...call, body: call.body.subarray(0, 40) }]);
    const database = databaseOf(files);
    expect([catchUp(database), catchUp(database)]).toEqual([1, 0]);
    const [capture] = historyOf(files).captures(everyCapture, 'newest first');
    expect(capture?.problem).toContain('gzip');
  });

  test('writes no body again', async () => {
    const { files } = await recordCalls([gzipped([{ channel: 'sms', event: 'click' }])]);
    const database = databaseOf(files);
    const pages = () => Number(database.prepare('pragma page_count').first([])?.[0]);
    database.prepare('update captures set body = zeroblob(1000000)').run([]);
    const before = pages();
    catchUp(database);
    expect(pages()).toBe(before);
  });

  test('sets a call aside that cannot be indexed, and goes on with the others', async () => {
    const { files, captures } = await recordCalls([
      gzipped([{ channel: 'sms' }, { channel: 'poison' }]),
      gzipped([{ channel: 'email' }]),
    ]);
    const database = databaseOf(files);
    refuse(database, 'poison');
    expect([catchUp(database), catchUp(database)]).toEqual([2, 0]);
    expect(database.prepare('select channel from events').all([])).toEqual([['email']]);
    // It is read when it is looked at.
    const history = historyOf(files);
    const query = {
      ...everyCapture,
      events: { ...everyCapture.events, channels: ['poison'] },
    };
    const found = [...history.captures(query, 'newest first')];
    expect(found).toMatchObject([{ id: captures[0]?.id, eventCount: 2, problem: null }]);
  });

  test('does not try a call again that ended the thread', async () => {
    const { files } = await recordCalls([gzipped([{ channel: 'sms' }])]);
    const database = databaseOf(files);
    const ending: Database = {
      ...database,
      prepare(sql) {
        if (/body from captures/.test(sql)) throw new Error('the thread ended here');
        return database.prepare(sql);
      },
    };
    expect(() => readNextUnread(ending, 0)).toThrow('ended here');
    expect(catchUp(database)).toBe(0);
    expect([...historyOf(files).captures(everyCapture, 'newest first')]).toMatchObject([
      { eventCount: 1, events: [{ channel: 'sms' }] },
    ]);
  });
});

describe('recording', () => {
  test('keeps a call that cannot be indexed, and indexes the others that came with it', async () => {
    const { files } = await recordCalls([]);
    refuse(databaseOf(files), 'poison');
    const recorder = await openRecorder(files, processHost());
    const bodies = ['sms', 'poison', 'email'].map((channel) => bodyOf([{ channel }]));
    await Promise.all(bodies.map((body) => recorder.record({ ...plainCall, body })));
    await recorder.close();
    const history = historyOf(files);
    expect(
      [...history.captures(everyCapture, 'oldest first')].map(({ events }) => events[0]?.channel),
    ).toEqual(['sms', 'poison', 'email']);
    const query = { ...everyCapture, events: { ...everyCapture.events, channels: ['poison'] } };
    expect([...history.captures(query, 'newest first')].length).toBe(1);
  });
});
