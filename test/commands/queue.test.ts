import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { codeText } from '../../src/output/problem-text.js';
import { openRedisQueue } from '../../src/queue/redis/redis-queue.js';
import {
  emailCall,
  failed,
  filled,
  filledForTwo,
  minute,
  noon,
  north,
  noStates,
  now,
  oneEach,
  parsed,
  queueOn,
  recordFor,
  shop,
  smsCall,
  unanswered,
} from '../helpers/queue-command.js';
import { handOver, idOf, queued } from '../helpers/queued-calls.js';
import { startRedis } from '../helpers/redis-server.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';
import { recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

describe('queue', () => {
  test('counts the calls of each target by state', async () => {
    const { json } = await filledForTwo();
    expect(await json()).toEqual([
      {
        schema: 1,
        type: 'queue',
        target: shop.url,
        name: null,
        queue: null,
        states: { ...oneEach, 'handed over': 0 },
        oldest: new Date(noon + 2 * minute).toISOString(),
        unforwarded: 0,
        paused: null,
      },
      {
        schema: 1,
        type: 'queue',
        target: north.url,
        name: null,
        queue: north.queue,
        states: { ...noStates, waiting: 1, 'handed over': 1 },
        oldest: new Date(noon + minute).toISOString(),
        unforwarded: 0,
        paused: null,
      },
    ]);
  });

  test('shows them one below the other on a terminal, and what can be done', async () => {
    const { folder, queue } = await filledForTwo();
    const tool = `netcore-hook --store ${folder}`;
    const { exit, out, err } = await queue([], { terminal: true, columns: 500 });
    expect(exit).toBe(0);
    expect(out).toBe(
      [
        shop.url,
        '  1  waiting',
        '  1  delayed',
        '  1  active',
        '  1  delivered',
        '  1  dead',
        '  1  skipped',
        '  the oldest has waited 28 min',
        '',
        `${north.url}  through ${north.queue}`,
        '  1  waiting',
        '  1  handed over',
        '  the oldest has waited 29 min',
        '',
      ].join('\n'),
    );
    expect(err.split('\n')).toEqual([
      `warning  1 call waits until a listener hands it over to ${north.queue}. To forward from this store instead: ${tool} queue retry --target ${north.url} --to ${north.url} && ${tool} queue work --forward-to ${north.url}`,
      `warning  1 dead call will not be retried. ${tool} queue list --dead shows why, ${tool} queue retry --dead retries it.`,
      '',
    ]);
  });

  test('says a target on a line off a terminal', async () => {
    const { queue } = await filled();
    expect((await queue([])).out).toBe(
      `${shop.url}  1 waiting, 1 delayed, 1 active, 1 delivered, 1 dead, 1 skipped  the oldest has waited 28 min\n`,
    );
  });

  test('says that nothing is queued', async () => {
    const { files } = await recordCalls([{}]);
    const { queue } = queueOn(files.folder);
    expect(await queue([])).toEqual({ exit: 0, out: 'Nothing is queued.\n', err: '' });
    expect((await queue(['--json'])).out).toBe('');
  });

  test('says that there is no store', async () => {
    const { queue } = queueOn(join(temporaryFolder(), 'nowhere'));
    for (const words of [[], ['list'], ['retry', '--dead'], ['drop', 'last', '--yes']]) {
      const { exit, err } = await queue(words);
      expect({ exit, named: err.includes('store_missing') }).toEqual({ exit: 3, named: true });
    }
  });
});

describe('queue list', () => {
  test.each<[string[], string[]]>([
    [[], ['waiting', 'active', 'skipped', 'delayed', 'dead', 'delivered']],
    [
      ['--limit', '2'],
      ['waiting', 'active'],
    ],
    [
      ['--state', 'dead,Delivered'],
      ['dead', 'delivered'],
    ],
    [
      ['--state', 'failed', '--state', 'waiting'],
      ['waiting', 'delayed'],
    ],
    [
      ['--dead', '--delayed'],
      ['delayed', 'dead'],
    ],
    [['--target', ':3000/webhooks/netcore', '--state', 'active'], ['active']],
    [['--target', ':3000/other'], []],
    [['--state', 'handed-over'], []],
    [['-c', 'sms'], ['waiting']],
    [['-e', 'bounce', '--limit', '1'], ['active']],
    [['-c', 'email', '--dead'], ['dead']],
    [['--until', '2020-01-01'], []],
    [['--since', '2020-01-01', '--state', 'skipped'], ['skipped']],
    [['--msgid', '999'], []],
  ])('%j tells the calls that are meant, the newest first', async (words, wanted) => {
    const { queue } = await filled();
    const { exit, out, err } = await queue(['list', ...words, '--json']);
    expect(exit).toBe(0);
    expect(parsed(out).map(({ state }) => state)).toEqual(wanted);
    expect(err.includes('"no_match"')).toBe(wanted.length === 0);
  });

  test('tells all that is known of a call', async () => {
    const { json, ids } = await filled();
    expect(await json('list', '--delayed')).toEqual([
      {
        schema: 1,
        type: 'queued',
        capture: ids[2],
        target: shop.url,
        state: 'delayed',
        queued: new Date(noon + 2 * minute).toISOString(),
        due: new Date(now + 4 * minute).toISOString(),
        tries: 1,
        status: null,
        reason: unanswered.reason,
      },
    ]);
  });

  test('is aligned on a terminal, and each call stays on its line', async () => {
    const { queue, ids } = await filled();
    const { out } = await queue(['list'], { terminal: true });
    const short = ids.map((id) => id.slice(0, 10));
    expect(out.split('\n').map((line) => line.slice(10))).toEqual([
      `${short[5]}  waiting`,
      `${short[4]}  active`,
      `${short[3]}  skipped`,
      `${short[2]}  delayed      1 try     ---  again in 4 min  No answer came in time.`,
      `${short[1]}  dead         1 try     503  out of stock`,
      `${short[0]}  delivered    1 try     200`,
      '',
    ]);
  });

  test('cuts what a handler said to the line, and lets nothing through that moves the cursor', async () => {
    const folder = temporaryFolder();
    const reason = `\u001b[2Jno order\n${'x'.repeat(200)}`;
    await recordFor(
      folder,
      shop,
      [emailCall],
      [{ state: 'dead', due: 0, attempt: { ...failed, reason } }],
    );
    const { queue } = queueOn(folder);
    const onTerminal = (await queue(['list'], { terminal: true })).out;
    expect(onTerminal).toMatch(/ {2}\\u001b\[2Jno order\\u000ax+…\n$/);
    expect(onTerminal.length).toBe(101);
    expect((await queue(['list'])).out).toContain(`\\u001b[2Jno order\\u000a${'x'.repeat(200)}\n`);
  });

  test('names the target of each call where there are several', async () => {
    const { queue } = await filledForTwo();
    const { out } = await queue(['list', '--state', 'waiting,delayed']);
    expect(out.split('\n').map((line) => line.slice(38))).toEqual([
      expect.stringMatching(/^waiting +https:\/\/north\.example\.com\/hook$/),
      expect.stringMatching(/^waiting +http:\/\/127\.0\.0\.1:3000\/webhooks\/netcore$/),
      expect.stringMatching(/^delayed +1 try +--- {2}again in 4 min {2}http:\S+netcore {2}No ans/),
      '',
    ]);
  });

  test('offers the target that was meant', async () => {
    const { queue } = await filledForTwo();
    const { err } = await queue(['list', '--target', 'localhost:3000/webhooks/netcore']);
    expect(err).toBe(
      `warning  Nothing is queued for http://localhost:3000/webhooks/netcore. Did you mean ${shop.url}?\n`,
    );
  });
});

describe('a command line of queue', () => {
  test.each([
    [['lst'], 'Did you mean queue list?'],
    [['1pbv5ggaw0'], 'history show 1pbv5ggaw0'],
    [['list', '1pbv5ggaw0'], 'takes options only'],
    [['--state', 'dead'], 'queue takes no --state'],
    [['--forward-to', ':3000/hook'], 'It belongs to queue work.'],
    [['list', '--any'], 'It belongs to queue retry.'],
    [['drop', '--dead', '--to', ':3001/new'], 'It belongs to queue retry.'],
    [['retry', '--dead', '--limit', '3'], 'It belongs to queue list.'],
    [['work', '-f', ':3000/hook', '--dead'], 'It belongs to queue list, retry, drop.'],
    [['work'], 'requires the URL of a handler'],
    [
      ['work', '-f', ':3000/hook', '--alert-url', ':3001/alert', '--alert-silence', '30m'],
      'applies to the calls of a listener',
    ],
    [['list', '--queue', 'redis://127.0.0.1:1/orders?password=secret'], 'not a database number'],
    [['retry'], 'requires a selection of calls'],
    [['retry', '--to', ':3001/new'], 'requires a selection of calls'],
    [['drop', '--yes'], 'requires a selection of calls'],
    [['retry', 'last', '--dead'], 'ids or filters, not both'],
    [['retry', '--state', 'active'], 'cannot change active calls'],
    [['drop', '--state', 'handed-over', '--yes'], 'cannot change calls that were handed over'],
    [['list', '--state', 'faild'], 'Did you mean "failed"?'],
    [['list', '--state', 'shipped'], 'Did you mean "skipped"?'],
    [['list', '--state', 'everything'], 'States: waiting, delayed, active'],
    [['list', '--limit', '0'], '--limit'],
    [['list', '--target', 'ftp://shop.example.com'], 'only http and https'],
    [
      ['retry', '--dead', '--to', 'http://netcore:secret@shop.example.com/'],
      'must not contain credentials',
    ],
    [['list', '--queue', 'http://shop.example.com'], 'not the URL of a Redis'],
    [['list', '--queue', 'redis://127.0.0.1:1', '-c', 'email'], '--channel filters the captures'],
    [['retry', '--queue', 'redis://127.0.0.1:1', '--since', '2h'], '--since filters the captures'],
  ])('%j has a mistake that is named', async (words, sentence) => {
    const { exit, err } = await run(['queue', ...words, '--store', temporaryFolder()]);
    expect(exit).toBe(2);
    expect(err).toContain(sentence);
    expect(err).not.toContain('secret');
  });
});

test('queue work forwards what is queued, until it is stopped', async () => {
  const handler = await serve((request, response) => {
    request.resume();
    response.end();
  });
  const folder = temporaryFolder();
  await recordFor(folder, { url: handler.href, queue: '' }, [emailCall, smsCall]);
  const working = start(['queue', 'work', '-f', handler.href, '--store', folder]);
  await working.line(/Working/);
  const { json } = queueOn(folder);
  await until(
    async () => (await json('list', '--state', 'delivered')).length === 2,
    'both calls are delivered',
  );
  working.signal('SIGTERM');
  expect((await working.finished).exit).toBe(0);
});

describe('a queue on Redis', () => {
  const password = 'secret42';

  /** A server with two calls that wait for the shop, and one for another target; no store. */
  async function filledRedis() {
    const redis = await startRedis({ password });
    for (const [target, numbers] of [
      [shop.url, [1, 2]],
      [north.url, [3]],
    ] as const) {
      const jobs = openRedisQueue(redis.url, target);
      for (const number of numbers) await handOver(jobs, queued(number));
      await jobs.close();
    }
    const nowhere = join(temporaryFolder(), 'nowhere');
    const queue = async (words: readonly string[], options: RunOptions = {}) => {
      const on = ['--store', nowhere, '--queue', redis.url];
      const finished = await run(['queue', ...words, ...on], options);
      expect(`${finished.out}${finished.err}`).not.toContain(password);
      return finished;
    };
    const states = async () => parsed((await queue(['--json'])).out);
    return { redis, queue, states };
  }

  test('is counted, listed, retried and dropped like the one in the store', async () => {
    const { queue, states } = await filledRedis();
    expect(await states()).toMatchObject([
      { type: 'queue', target: shop.url, queue: null, states: { waiting: 2 } },
      { target: north.url, states: { waiting: 1 } },
    ]);
    const listed = parsed((await queue(['list', '--limit', '2', '--json'])).out);
    expect(listed.map(({ capture }) => capture)).toEqual([idOf(3), idOf(2)]);
    expect((await queue(['list'])).out).toMatch(/waiting +https:\/\/north\.example\.com\/hook\n/);

    const moved = await queue(['retry', '--target', north.url, '--to', shop.url]);
    expect(moved.err).toBe(`1 call is for ${shop.url} from now on, and due now.\n`);
    expect((await queue(['drop', idOf(1), idOf(3), '--yes'])).err).toMatch(/^Dropped 2 calls\./);
    expect(await states()).toMatchObject([{ target: shop.url, states: { waiting: 1 } }]);
  });

  test('is named without what enters it, however that is written', async () => {
    const { redis } = await filledRedis();
    const jobs = openRedisQueue(redis.url, shop.url);
    onTestFinished(() => jobs.close());
    const worker = jobs.work(async () => ({ state: 'dead', attempt: failed }), {
      slots: 1,
      ordered: false,
      failed: () => {},
      recovered: () => {},
    });
    await until(async () => (await jobs.counts()).states.dead === 2, 'both are given up');
    await worker.close(1000);
    const url = new URL(redis.url);
    const open = `redis://${url.host}`;
    url.search = `?password=${password}`;
    const { out, err } = await run(['queue', '--queue', url.href]);
    expect(`${out}${err}`).not.toContain(password);
    expect(err).toContain(`netcore-hook queue retry --dead --queue ${open} retries them.`);
  });

  test('is meant by the environment, too', async () => {
    const { redis } = await filledRedis();
    const env = { NETCORE_HOOK_QUEUE: redis.url };
    const { out } = await run(['queue', 'list', '--json'], { env });
    expect(parsed(out).length).toBe(3);
    const filtered = await run(['queue', 'list', '-c', 'email'], { env });
    expect(filtered.err).toContain('NETCORE_HOOK_QUEUE');
  });

  test.each<[string, string, string]>([
    ['a whole id that is not queued', idOf(99), 'not_queued'],
    ['the beginning of an id', idOf(1).slice(0, 10), 'id_not_whole'],
    ['the newest capture', 'last', 'id_not_whole'],
  ])('where there is no store, does not know %s', async (_, reference, code) => {
    const { queue } = await filledRedis();
    const { exit, err } = await queue(['retry', reference]);
    expect({ exit, code: err.includes(codeText(code)) }).toEqual({ exit: 1, code: true });
  });

  test('finds in a store what is typed of an id, and takes those of other stores whole', async () => {
    const { redis } = await filledRedis();
    const { files, captures } = await recordCalls([emailCall]);
    const jobs = openRedisQueue(redis.url, shop.url);
    await handOver(jobs, { capture: captures[0]!, events: undefined, queued: noon });
    await jobs.close();
    const words = ['queue', 'drop', 'last', idOf(3), '--yes', '--json'];
    const { out } = await run([...words, '--queue', redis.url, '--store', files.folder]);
    expect(parsed(out)).toEqual([{ schema: 1, type: 'dropped', calls: 2 }]);
  });

  test('is said to be out of reach, without its password', async () => {
    const { redis, queue } = await filledRedis();
    await redis.kill();
    for (const words of [[], ['list'], ['retry', '--dead'], ['drop', '--dead', '--yes']]) {
      const { exit, err } = await queue(words);
      expect({ exit, code: err.includes('redis_unreachable') }).toEqual({ exit: 3, code: true });
    }
  });
});
