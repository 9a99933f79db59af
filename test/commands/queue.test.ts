import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRedisQueue } from '../../src/queue/redis/redis-queue.js';
import { openAttemptLog } from '../../src/store/attempts.js';
import { openDatabase } from '../../src/store/database.js';
import { type Fate, queueCaptures, shopUrl } from '../helpers/queued-captures.js';
import { startRedis } from '../helpers/redis-server.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { bodyOf, plainCall, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const now = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;
const oldUrl = 'http://127.0.0.1:3000/old';
const click = bodyOf([{ channel: 'sms', event: 'click', msgid: '548' }], 'netcore_hook_test_north');

const parsed = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** A store whose captures have come so far, and `queue` on it. */
async function shop(fates: readonly Fate[]) {
  const { files, captures } = await recordCalls(
    fates.map((_, index) => (index === 0 ? { body: click } : {})),
  );
  queueCaptures(files, captures, (index) => ({ queued: now - 3 * minute, ...fates[index]! }));
  const queue = (words: readonly string[] = [], options: RunOptions = {}) =>
    run(['queue', ...words, '--store', files.folder], { now: () => now, ...options });
  const ids = captures.map(({ id }) => id);
  const states = async () =>
    Object.fromEntries(
      parsed((await queue(['list', '--json'])).out).map(({ capture, state, target }) => [
        ids.indexOf(capture),
        target === shopUrl ? state : `${state} for ${target}`,
      ]),
    );
  return { files, captures, ids, queue, states };
}

/** A dead click, one that is tried again in ten minutes, one with a worker, one for another URL. */
const fates: readonly Fate[] = [
  { state: 'dead', tries: 9 },
  { state: 'delayed', tries: 2, due: now + 10 * minute },
  { state: 'active', worker: '101.first', due: now + minute },
  { state: 'waiting', target: oldUrl },
  { state: 'delivered', tries: 1 },
];

describe('queue', () => {
  test('counts calls by target and state, and says what to do about those given up', async () => {
    const { queue } = await shop(fates);
    const { exit, out, err } = await queue();
    expect(exit).toBe(0);
    expect(out).toBe(
      `${oldUrl}  1 waiting  the oldest waits for 3 min\n` +
        `${shopUrl}  1 delayed, 1 active, 1 delivered, 1 dead  the oldest waits for 3 min\n`,
    );
    expect(err).toContain('1 call was given up.');
    expect(err).toContain('netcore-hook queue retry --dead');
  });

  test('is a table on a terminal, its numbers aligned', async () => {
    const many = Array.from({ length: 11 }, () => ({ state: 'delivered' }) as const);
    const { queue } = await shop([...many, { state: 'waiting' }]);
    const { out } = await queue([], { terminal: true });
    expect(out).toBe(
      `${shopUrl}\n   1  waiting\n  11  delivered\n  the oldest waits for 3 min\n\n`,
    );
  });

  test('is a line for each target for programs', async () => {
    const { queue } = await shop(fates);
    expect(parsed((await queue(['--json'])).out)).toEqual([
      {
        schema: 1,
        type: 'queue',
        target: oldUrl,
        queue: null,
        states: expect.objectContaining({ waiting: 1, dead: 0 }),
        oldest: new Date(now - 3 * minute).toISOString(),
      },
      expect.objectContaining({ target: shopUrl }),
    ]);
  });

  test('says that nothing is queued, and that there is no store', async () => {
    const { queue } = await shop([]);
    expect(await queue()).toMatchObject({ exit: 0, out: 'Nothing is queued.\n' });
    const nowhere = join(temporaryFolder(), 'nowhere');
    const { exit, err } = await run(['queue', '--store', nowhere]);
    expect(exit).toBe(3);
    expect(err).toContain('store_missing');
  });

  test.each([
    [['lst'], 'Did you mean queue list?'],
    [['retry'], 'which calls'],
    [['drop', '--yes'], 'which calls'],
    [['retry', 'last', '--dead'], 'takes ids or says which'],
    [['list', 'last'], 'takes options only'],
    [['list', '--state', 'ded'], 'Did you mean "dead"?'],
    [['list', '--to', ':3000'], 'takes no --to'],
    [['list', '--limit', '0'], '--limit'],
    [['drop', '--state', 'active'], 'leaves alone'],
    [['retry', '--dead', '--to', 'http://shop:secret@127.0.0.1/'], '--forward-auth'],
    [['list', '--queue', 'http://shop:secret@127.0.0.1/'], 'Redis'],
    [['list', '--queue', 'redis://127.0.0.1:9', '-c', 'email'], 'captures of a store'],
  ])('%j is a mistake that is named, without a password', async (words, sentence) => {
    const { exit, err } = await run(['queue', ...words, '--store', temporaryFolder()]);
    expect(exit).toBe(2);
    expect(err).toContain(sentence);
    expect(err).not.toContain('secret');
  });
});

describe('queue list', () => {
  test.each([
    [[], [4, 3, 2, 1, 0]],
    [
      ['--limit', '2'],
      [4, 3],
    ],
    [['--state', 'dead'], [0]],
    [['--dead'], [0]],
    [
      ['--state', 'active,delayed'],
      [2, 1],
    ],
    [['--target', ':3000/old'], [3]],
    [['-c', 'sms'], [0]],
    [['-c', 'sms', '--state', 'delivered'], []],
    [['--outcome', 'failed'], [1]],
    [['--panel', 'netcore_hook_test', '--limit', '1'], [4]],
  ])('%j finds what is meant, newest first', async (words, wanted) => {
    const { queue, ids } = await shop(fates);
    const { exit, out, err } = await queue(['list', '--json', ...words]);
    expect(exit).toBe(0);
    expect(parsed(out).map(({ capture }) => ids.indexOf(capture))).toEqual(wanted);
    if (wanted.length === 0) expect(parsed(err)[0]).toMatchObject({ code: 'no_match' });
  });

  test('tells how far a call has come, and what its last try met, with nothing left to move a cursor', async () => {
    const { queue, ids, files } = await shop(fates);
    const log = openAttemptLog(files);
    const attempt = { event: null, time: now, url: shopUrl, answer: null, ms: 1 };
    log.record(ids[1]!, { ...attempt, status: 500, reason: 'out of stock\u001b[2J' });
    log.close();
    const words = ['list', '--state', 'delayed'];
    expect(parsed((await queue([...words, '--json'])).out)).toMatchObject([
      {
        schema: 1,
        type: 'queued',
        capture: ids[1],
        target: shopUrl,
        state: 'delayed',
        queued: new Date(now - 3 * minute).toISOString(),
        due: new Date(now + 10 * minute).toISOString(),
        tries: 2,
        status: 500,
      },
    ]);
    for (const terminal of [false, true]) {
      const { out } = await queue(words, { terminal });
      expect(out).toMatch(/delayed +2 tries +500 +again in 10 min/);
      expect(out).toContain(String.raw`out of stock\u001b[`);
      expect(out).not.toContain('\u001b');
    }
  });
});

describe('queue retry', () => {
  test.each<[string, readonly string[], number, Record<string, string>]>([
    ['those given up', ['--dead'], 1, { 0: 'delayed' }],
    ['those put off', ['--delayed'], 1, { 1: 'delayed' }],
    [
      'what waits for a URL, to another',
      ['--target', ':3000/old', '--to', shopUrl],
      1,
      { 3: 'delayed' },
    ],
    [
      'what waits for a URL, and not what is done',
      ['--target', shopUrl, '--to', oldUrl],
      1,
      { 1: `delayed for ${oldUrl}` },
    ],
    ['the newest', ['last'], 1, { 4: 'delayed' }],
    ['those of a channel that were given up', ['--dead', '-c', 'sms'], 1, { 0: 'delayed' }],
    ['none, where none is meant', ['--dead', '-c', 'email'], 0, {}],
  ])('makes %s due now', async (_, words, calls, changed) => {
    const { queue, states } = await shop(fates);
    const before = await states();
    const { exit, out } = await queue(['retry', ...words, '--json']);
    expect(exit).toBe(0);
    const to = words.includes('--to') ? words.at(-1) : null;
    expect(parsed(out)).toEqual([{ schema: 1, type: 'retried', calls, to }]);
    expect(await states()).toEqual({ ...before, ...changed });
    const due = parsed((await queue(['list', '--json'])).out).filter((call) => call.due !== null);
    const now_ = due.filter((call) => call.due === new Date(now).toISOString());
    expect(now_.length).toBe(calls);
  });

  test('takes the beginnings of ids, and says what it did', async () => {
    const { queue, ids, states } = await shop(fates);
    const { exit, err } = await queue(['retry', ids[0]!.slice(0, 12), ids[1]!.slice(0, 12)]);
    expect(exit).toBe(0);
    expect(err).toBe('2 calls were made due now.\n');
    expect(await states()).toMatchObject({ 0: 'delayed', 1: 'delayed' });
  });

  test('ends with 1 when one that was named is with a worker, and retries the others', async () => {
    const { queue, ids, states } = await shop(fates);
    const { exit, err } = await queue(['retry', ids[2]!, ids[0]!]);
    expect(exit).toBe(1);
    expect(err).toContain('1 call was made due now.');
    expect(err).toContain('1 call was left alone: a worker has it just now.');
    expect(await states()).toMatchObject({ 0: 'delayed', 2: 'active' });
  });

  test('changes nothing when one that was named is not there, or was never queued', async () => {
    const { queue, ids, files, states } = await shop(fates);
    const database = openDatabase(files.database);
    database.execute('delete from deliveries where capture = (select max(place) from captures)');
    database.close();
    const before = await states();
    for (const [stranger, code] of [
      ['zzzz', 'no_such_capture'],
      ['0000000000000000', 'not_queued'],
      ['last', 'not_queued'],
    ]) {
      const { exit, err } = await queue(['retry', ids[0]!, stranger!]);
      expect(exit).toBe(1);
      expect(err).toContain(code);
    }
    expect(await states()).toEqual(before);
  });

  test('leaves alone what was handed over, and says where it is', async () => {
    const { queue } = await shop([
      { state: 'handed over', queue: 'redis://redis.example.com:6379' },
    ]);
    const { exit, err } = await queue(['retry', 'last']);
    expect(exit).toBe(1);
    expect(err).toContain('handed over to a queue on Redis');
  });
});

describe('queue drop', () => {
  test('takes calls out of the queue, and leaves their captures', async () => {
    const { queue, states, files } = await shop(fates);
    const { exit, out } = await queue(['drop', '--dead', '--yes', '--json']);
    expect(exit).toBe(0);
    expect(parsed(out)).toEqual([{ schema: 1, type: 'dropped', calls: 1 }]);
    expect(Object.keys(await states())).toEqual(['1', '2', '3', '4']);
    const history = await run(['history', '--json', '--store', files.folder]);
    expect(parsed(history.out).length).toBe(5);
  });

  test('drops nothing without a yes, asked for on a terminal or given', async () => {
    const { queue, states, files } = await shop(fates);
    const refused = await queue(['drop', '--dead']);
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('1 call would be dropped from the queue for good');
    const json = await queue(['drop', 'last', '--json']);
    expect(parsed(json.err)[0].message).toContain('--json asks nothing');
    const ask = async (answer: string) => {
      const words = ['queue', 'drop', '--dead', '--store', files.folder];
      const asked = start(words, { terminal: true });
      await asked.line(/Drop 1 call from the queue for good\?/);
      asked.type(`${answer}\n`);
      return (await asked.finished).exit;
    };
    expect(await ask('n')).toBe(1);
    expect(Object.keys(await states()).length).toBe(5);
    expect(await ask('y')).toBe(0);
    expect(Object.keys(await states()).length).toBe(4);
  });

  test('has nothing to ask where none is meant', async () => {
    const { queue } = await shop([{ state: 'delivered' }]);
    const { exit, err } = await queue(['drop', '--dead']);
    expect(exit).toBe(0);
    expect(err).toContain('No queued call matches.');
  });
});

describe('queue --queue', () => {
  /** Three calls on a Redis with a password. */
  async function shared() {
    const redis = await startRedis({ password: 'turquoise' });
    const jobs = openRedisQueue(redis.url, shopUrl);
    onTestFinished(() => jobs.close());
    const ids = [1, 2, 3].map((number) => `1s0000000${number}sh0p42`);
    for (const [index, id] of ids.entries()) {
      const capture = { ...plainCall, id, time: now + index };
      await jobs.add({ capture, events: [], queued: now + index });
    }
    const queue = (words: readonly string[]) =>
      run(['queue', ...words, '--store', join(temporaryFolder(), 'none')], {
        env: { NETCORE_HOOK_QUEUE: redis.url },
        now: () => now,
      });
    return { queue, ids, redis };
  }

  test('looks at the queue on Redis, needs no store, and prints no password', async () => {
    const { queue, ids, redis } = await shared();
    const counts = await queue([]);
    expect(counts).toMatchObject({ exit: 0, out: expect.stringContaining('3 waiting') });
    const { out } = await queue(['list', '--json']);
    expect(parsed(out).map(({ capture }) => capture)).toEqual([...ids].reverse());
    const line = await run(['queue', '--queue', redis.url, '--json']);
    expect(parsed(line.out)).toMatchObject([{ target: shopUrl, states: { waiting: 3 } }]);
    expect(`${counts.out}${counts.err}${out}${line.out}`).not.toContain('turquoise');
  });

  test('moves and drops calls there, by whole ids where no store knows the rest', async () => {
    const { queue, ids } = await shared();
    expect(await queue(['retry', ids[0]!.slice(0, 10)])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('id_not_whole'),
    });
    expect((await queue(['retry', ids[0]!, '--to', oldUrl])).exit).toBe(0);
    expect((await queue(['drop', '--target', shopUrl, '--yes'])).exit).toBe(0);
    const left = parsed((await queue(['list', '--json'])).out);
    expect(left).toMatchObject([{ capture: ids[0], target: oldUrl }]);
  });

  test('says that the server is not there', async () => {
    const { queue, redis } = await shared();
    await redis.kill();
    const { exit, err } = await queue([]);
    expect(exit).toBe(3);
    expect(err).toContain('redis_unreachable');
    expect(err).not.toContain('turquoise');
  });
});
