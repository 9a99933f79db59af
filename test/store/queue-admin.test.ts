import { describe, expect, onTestFinished, test } from 'vitest';
import type { QueueChoice, QueueEntry } from '../../src/call/delivery.js';
import { openAttemptLog } from '../../src/store/outcomes.js';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import { type Fate, queueCaptures, shopUrl } from '../helpers/queued-captures.js';
import { databaseOf, filesIn, historyOf, importCaptures, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const now = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;
const otherUrl = 'http://127.0.0.1:3000/other';
const redis = 'redis://redis.example.com:6379';
const all: QueueChoice = { ids: [], states: [], target: undefined };

async function shop(fates: readonly Fate[]) {
  const { files, captures } = await recordCalls(fates.map(() => ({})));
  queueCaptures(files, captures, (index) => fates[index]);
  const admin = openStoreQueueAdmin(files, () => now);
  onTestFinished(() => admin.close());
  const ids = captures.map(({ id }) => id);
  const list = async (choice: Partial<QueueChoice> = {}) => {
    const entries: QueueEntry[] = [];
    for await (const entry of admin.list({ ...all, ...choice })) entries.push(entry);
    return entries;
  };
  const listed = async (choice: Partial<QueueChoice> = {}) =>
    (await list(choice)).map(({ id }) => ids.indexOf(id));
  return { files, captures, ids, admin, list, listed };
}

describe('counting', () => {
  test('tells each target that has calls, and how long its oldest waits', async () => {
    const { admin } = await shop([
      { state: 'waiting', queued: now - 3 * minute },
      { state: 'delayed', tries: 1, queued: now - 9 * minute },
      { state: 'active', queued: now - minute },
      { state: 'delivered', queued: now - 60 * minute },
      { state: 'dead', target: otherUrl },
      { state: 'handed over', queue: redis },
      { state: 'skipped' },
    ]);
    const none = {
      waiting: 0,
      delayed: 0,
      active: 0,
      delivered: 0,
      dead: 0,
      skipped: 0,
      'handed over': 0,
    };
    expect(await admin.targets()).toEqual([
      {
        target: otherUrl,
        name: null,
        queue: '',
        states: { ...none, dead: 1 },
        oldest: null,
        paused: null,
        unforwarded: 0,
      },
      {
        target: shopUrl,
        name: null,
        queue: '',
        states: { ...none, waiting: 1, delayed: 1, active: 1, delivered: 1, skipped: 1 },
        oldest: now - 9 * minute,
        paused: null,
        unforwarded: 0,
      },
      {
        target: shopUrl,
        name: null,
        queue: redis,
        states: { ...none, 'handed over': 1 },
        oldest: null,
        paused: null,
        unforwarded: 0,
      },
    ]);
    expect(await admin.oldest({ url: shopUrl, queue: '' })).toBe(now - 9 * minute);
    expect(await admin.oldest({ url: shopUrl, queue: redis })).toBeNull();
    expect(await admin.hasUntried({ url: shopUrl, queue: '' })).toBe(true);
    expect(await admin.hasUntried({ url: shopUrl, queue: redis })).toBe(false);
    expect(await admin.hasUntried({ url: otherUrl, queue: '' })).toBe(false);
    expect((await admin.counts({ url: shopUrl, queue: redis })).states['handed over']).toBe(1);
    expect(await admin.counts({ url: 'http://127.0.0.1:3000/new', queue: '' })).toEqual({
      states: none,
      oldest: null,
      paused: null,
      unforwarded: 0,
    });
  });

  test('leaves out a target whose calls are all gone', async () => {
    const { admin } = await shop([{ state: 'delivered' }]);
    await admin.drop(all);
    expect(await admin.targets()).toEqual([]);
  });
});

describe('listing', () => {
  const fates: readonly Fate[] = [
    { state: 'dead', tries: 2 },
    { state: 'waiting', target: otherUrl },
    { state: 'delayed', tries: 1, due: now + minute, queued: now - minute },
    { state: 'dead', target: otherUrl },
  ];

  test.each<[string, Partial<QueueChoice>, readonly number[]]>([
    ['everything', {}, [3, 2, 1, 0]],
    ['a state', { states: ['dead'] }, [3, 0]],
    ['several', { states: ['waiting', 'delayed'] }, [2, 1]],
    ['a target', { target: otherUrl }, [3, 1]],
    ['both', { states: ['dead'], target: shopUrl }, [0]],
    ['an unknown target', { target: 'http://127.0.0.1:3000/new' }, []],
  ])('takes %s, the newest first', async (_, choice, wanted) => {
    const { listed } = await shop(fates);
    expect(await listed(choice)).toEqual(wanted);
  });

  test('takes ids, and only those that are queued here', async () => {
    const { listed, ids } = await shop(fates);
    const stranger = await recordCalls([{}]);
    expect(await listed({ ids: [ids[2]!, ids[0]!, stranger.captures[0]!.id] })).toEqual([2, 0]);
    expect(await listed({ ids: [ids[2]!], states: ['dead'] })).toEqual([]);
  });

  test('tells how far a call has come, and what its last try met', async () => {
    const { list, ids, files } = await shop(fates);
    const log = openAttemptLog(files);
    const attempt = { event: null, time: now, url: shopUrl, reason: 'away', answer: null, ms: 1 };
    log.record(ids[2]!, { ...attempt, status: 500 });
    log.record(ids[2]!, { ...attempt, status: null });
    log.close();
    expect((await list({ ids: [ids[2]!] }))[0]).toEqual({
      id: ids[2],
      target: shopUrl,
      name: null,
      state: 'delayed',
      queued: now - minute,
      due: now + minute,
      tries: 1,
      last: { status: null, reason: 'away' },
    });
    expect((await list({ ids: [ids[0]!] }))[0]).toMatchObject({ due: null, last: null });
  });

  test('goes through more than is read at a time, and may be left early', async () => {
    const { admin, listed } = await shop(Array.from({ length: 450 }, () => ({ state: 'waiting' })));
    expect((await listed()).length).toBe(450);
    for await (const { state } of admin.list(all)) {
      expect(state).toBe('waiting');
      break;
    }
  });

  test('names imported captures as they came', async () => {
    const { files, list } = await shop([]);
    const { captures } = await recordCalls([{}]);
    await importCaptures(files, captures);
    queueCaptures(files, captures, () => ({ state: 'dead' }));
    expect((await list({ ids: [captures[0]!.id] })).map(({ id }) => id)).toEqual([captures[0]!.id]);
  });
});

describe('retrying', () => {
  test('makes calls due now, with their tries before them', async () => {
    const { admin, list } = await shop([
      { state: 'dead', tries: 9, queued: now - 60 * minute },
      { state: 'delayed', tries: 3, due: now + minute },
      { state: 'delivered', tries: 1 },
      { state: 'skipped' },
    ]);
    expect(await admin.retry(all, undefined)).toBe(4);
    for (const entry of await list()) {
      expect(entry).toMatchObject({ state: 'delayed', due: now, queued: now, tries: 0 });
    }
  });

  test('leaves alone what is with a worker or was handed over', async () => {
    const { admin, list } = await shop([
      { state: 'active', worker: '101.first' },
      { state: 'handed over', queue: redis },
    ]);
    expect(await admin.retry(all, otherUrl)).toBe(0);
    expect((await list()).map(({ state }) => state)).toEqual(['handed over', 'active']);
  });

  test('moves calls to another URL, into the queue of the store itself', async () => {
    const { admin, listed } = await shop([
      { state: 'dead' },
      { state: 'waiting', queue: redis },
      { state: 'waiting', target: otherUrl },
    ]);
    expect(await admin.retry({ ...all, target: shopUrl }, otherUrl)).toBe(2);
    expect(await listed({ target: otherUrl })).toEqual([2, 1, 0]);
    expect((await admin.targets()).map(({ target, queue }) => [target, queue])).toEqual([
      [otherUrl, ''],
    ]);
  });
});

describe('dropping', () => {
  test('takes calls out of the queue for good, and keeps their captures', async () => {
    const { admin, listed, files } = await shop([
      { state: 'dead' },
      { state: 'active', worker: '101.first' },
      { state: 'waiting' },
    ]);
    expect(await admin.drop({ ...all, states: ['dead', 'active'] })).toBe(1);
    expect(await listed()).toEqual([2, 1]);
    expect(historyOf(files).count()).toBe(3);
  });

  test('takes thousands, step by step', async () => {
    const { admin } = await shop(Array.from({ length: 2100 }, () => ({ state: 'dead' })));
    expect(await admin.drop({ ...all, states: ['dead'] })).toBe(2100);
    expect(await admin.targets()).toEqual([]);
  });
});

test('a admin is not opened where there is no store', () => {
  expect(() => openStoreQueueAdmin(filesIn(temporaryFolder()), () => now)).toThrow('No store');
});

test('a admin that is read only in part lets others write', async () => {
  const { admin, files } = await shop([{ state: 'waiting' }, { state: 'waiting' }]);
  const entries = admin.list(all)[Symbol.asyncIterator]();
  await entries.next();
  databaseOf(files).execute('update deliveries set state = 4');
  expect((await admin.counts({ url: shopUrl, queue: '' })).states.dead).toBe(2);
});
