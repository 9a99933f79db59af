import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import type { DeliveryAttempt, Destination, Settlement } from '../../src/call/delivery.js';
import { processHost } from '../../src/host.js';
import { openRedisQueue } from '../../src/queue/redis/redis-queue.js';
import { announceWorker } from '../../src/store/presence.js';
import { openRecorder, type Recorder } from '../../src/store/recorder.js';
import { handOver, idOf, queued } from '../helpers/queued-calls.js';
import { startRedis } from '../helpers/redis-server.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';
import { bodyOf, filesIn, plainCall, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { idleTurn } from '../helpers/turn.js';
import { until } from '../helpers/until.js';

const shop: Destination = { url: 'http://127.0.0.1:3000/webhooks/netcore', queue: '' };
const north: Destination = {
  url: 'https://north.example.com/hook',
  queue: 'redis://10.0.0.5:6379',
};
const host = processHost();
const noon = plainCall.time;
const minute = 60_000;
const now = noon + 30 * minute;

const failed: DeliveryAttempt = {
  time: noon,
  url: shop.url,
  status: 503,
  reason: 'out of stock',
  answer: 'out of stock',
  ms: 12,
};
const unanswered = { ...failed, status: null, reason: 'No answer came in time.' };
const delivered = { ...failed, status: 200, reason: null };

/** What becomes of the calls, the oldest first; those after them wait. */
type Fate = Omit<Settlement, 'seq'> | 'with a worker';
const fates: readonly Fate[] = [
  { state: 'delivered', due: 0, attempt: delivered },
  { state: 'dead', due: 0, attempt: failed },
  { state: 'delayed', due: now + 4 * minute, attempt: unanswered },
  { state: 'skipped', due: 0, attempt: undefined },
  'with a worker',
];

/** Records a call a minute for a destination, and lets a worker take the first of them. */
async function recordFor(
  folder: string,
  destination: Destination,
  calls: readonly Partial<ReceivedCall>[],
  fates: readonly Fate[] = [],
): Promise<string[]> {
  const recorder = await openRecorder(filesIn(folder), host, destination);
  const ids: string[] = [];
  for (const [index, call] of calls.entries()) {
    const time = noon + index * minute;
    ids.push((await recorder.record({ ...plainCall, time, ...call })).id);
  }
  await settle(recorder, destination, fates);
  await recorder.close();
  return ids;
}

async function settle(recorder: Recorder, destination: Destination, fates: readonly Fate[]) {
  const turn = {
    destination,
    worker: `${process.pid}.shop`,
    now: noon,
    leaseUntil: noon + minute,
    ...idleTurn,
  };
  const { calls } = await recorder.turn({ ...turn, maxWaiting: fates.length });
  const settled = fates.flatMap((fate, index) =>
    fate === 'with a worker' ? [] : [{ ...fate, seq: calls[index]!.seq }],
  );
  await recorder.turn({ ...turn, settled });
}

const emailCall = { body: bodyOf([{ channel: 'email', event: 'bounce', msgid: '546' }]) };
const smsCall = { body: bodyOf([{ channel: 'sms', event: 'click', msgid: '547' }]) };
const names = ['delivered', 'dead', 'delayed', 'skipped', 'active', 'waiting'] as const;

/** A store with a call of the shop in each state, the last of them by SMS, and `queue` on it. */
async function filled() {
  const folder = temporaryFolder();
  const calls = [...Array.from({ length: 5 }, () => emailCall), smsCall];
  const ids = await recordFor(folder, shop, calls, fates);
  return { folder, ids, ...queueOn(folder) };
}

/** The same with a second target, whose calls are handed over to Redis. */
async function filledForTwo() {
  const store = await filled();
  const handedOver: Fate = { state: 'handed over', due: 0, attempt: undefined };
  const northIds = await recordFor(store.folder, north, [smsCall, smsCall], [handedOver]);
  return { ...store, northIds };
}

function queueOn(folder: string) {
  const queue = (words: readonly string[], options: RunOptions = {}) =>
    run(['queue', ...words, '--store', folder], { now: () => now, ...options });
  const json = async (...words: string[]) => parsed((await queue([...words, '--json'])).out);
  /** The state of every call, by its id. */
  const states = async () =>
    Object.fromEntries((await json('list')).map(({ capture, state }) => [capture, state]));
  return { queue, json, states };
}

const parsed = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const noStates = { waiting: 0, delayed: 0, active: 0, delivered: 0, dead: 0, skipped: 0 };
const oneEach = { waiting: 1, delayed: 1, active: 1, delivered: 1, dead: 1, skipped: 1 };

describe('queue', () => {
  test('counts the calls of each target by state', async () => {
    const { json } = await filledForTwo();
    expect(await json()).toEqual([
      {
        schema: 1,
        type: 'queue',
        target: shop.url,
        queue: null,
        states: { ...oneEach, 'handed over': 0 },
        oldest: new Date(noon + 2 * minute).toISOString(),
        unforwarded: 0,
      },
      {
        schema: 1,
        type: 'queue',
        target: north.url,
        queue: north.queue,
        states: { ...noStates, waiting: 1, 'handed over': 1 },
        oldest: new Date(noon + minute).toISOString(),
        unforwarded: 0,
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

const changeable = ['waiting', 'delayed', 'dead', 'delivered', 'skipped'] as const;

describe.each(['retry', 'drop'] as const)('queue %s', (word) => {
  test.each<[string[], (typeof names)[number][]]>([
    [['--dead'], ['dead']],
    [['--delayed'], ['delayed']],
    [
      ['--state', 'skipped,delivered'],
      ['skipped', 'delivered'],
    ],
    [
      ['--target', ':3000/webhooks/netcore'],
      ['waiting', 'delayed'],
    ],
    [['--target', ':3000/other'], []],
    [['-c', 'email'], ['delayed']],
    [['-e', 'click'], ['waiting']],
    [
      ['-c', 'email', '--state', 'dead,delivered'],
      ['dead', 'delivered'],
    ],
    [['--outcome', 'dead'], ['dead']],
    [['--since', '2020-01-01', '--state', changeable.join(',')], [...changeable]],
  ])('%j means the calls that it names', async (words, meant) => {
    const { json, states, queue, ids } = await filled();
    const before = await states();
    const yes = word === 'drop' ? ['--yes'] : [];
    const { exit, out, err } = await queue([word, ...words, ...yes, '--json']);
    expect({ exit, told: parsed(out) }).toEqual({
      exit: 0,
      told: [
        word === 'drop'
          ? { schema: 1, type: 'dropped', calls: meant.length }
          : { schema: 1, type: 'retried', calls: meant.length, to: null },
      ],
    });
    expect(err.includes('"no_match"')).toBe(meant.length === 0);
    const wanted = ids.flatMap((id, index) => {
      const name = names[index]!;
      if (!meant.includes(name)) return [[id, before[id]]];
      return word === 'drop' ? [] : [[id, 'delayed']];
    });
    expect(await states()).toEqual(Object.fromEntries(wanted));
    if (word === 'drop') return;
    const due = (await json('list', '--delayed')).filter((call) => call.tries === 0);
    expect(due.map((call) => call.due)).toEqual(meant.map(() => new Date(now).toISOString()));
  });

  test.each<[string, (ids: readonly string[]) => string[], number[]]>([
    ['an id', (ids) => [ids[1]!], [1]],
    ['the beginning of one', (ids) => [ids[1]!.slice(0, 10)], [1]],
    ['the newest, and the one three before it', () => ['last', 'last~3'], [5, 2]],
    ['the same call twice', (ids) => ['last', ids[5]!], [5]],
  ])('knows %s', async (_, references, meant) => {
    const { queue, states, ids } = await filled();
    const { exit, err } = await queue(
      [word, ...references(ids), '--yes'].slice(0, word === 'drop' ? undefined : -1),
    );
    const calls = meant.length === 1 ? '1 call' : `${meant.length} calls`;
    expect({ exit, err }).toEqual({
      exit: 0,
      err:
        word === 'drop'
          ? `Dropped ${calls}. The captures stay in the history.\n`
          : `${calls} ${meant.length === 1 ? 'is' : 'are'} due now.\n`,
    });
    const after = await states();
    for (const index of meant) {
      expect(after[ids[index]!]).toBe(word === 'drop' ? undefined : 'delayed');
    }
  });

  test.each<[string, string, string]>([
    ['an id that is nowhere', 'zzzz', 'no_such_capture'],
    ['a capture that is not queued', 'last', 'not_queued'],
  ])('changes nothing when it is given %s', async (_, reference, code) => {
    const { folder, queue, states } = await filled();
    const before = await states();
    await recordCalls([emailCall], folder);
    const yes = word === 'drop' ? ['--yes'] : [];
    const { exit, out, err } = await queue([word, 'last~1', reference, ...yes]);
    expect({ exit, out, code: err.includes(`(${code})`) }).toEqual({
      exit: 1,
      out: '',
      code: true,
    });
    expect(await states()).toEqual(before);
  });

  test('leaves alone what a worker has, and what was handed over', async () => {
    const { queue, states, ids, northIds } = await filledForTwo();
    const yes = word === 'drop' ? ['--yes'] : [];
    const { exit, err } = await queue([word, ids[4]!, ids[1]!, northIds[0]!, ...yes]);
    expect(exit).toBe(1);
    expect(err.split('\n').slice(1)).toEqual([
      'warning  1 call was not changed: a worker is sending it.',
      'warning  1 call was handed over to a queue on Redis. Pass its URL with --queue.',
      '',
    ]);
    expect(await states()).toMatchObject({ [ids[4]!]: 'active', [northIds[0]!]: 'handed over' });
    const only = await queue([word, ids[4]!, ...yes, '--json']);
    expect({ exit: only.exit, told: parsed(only.out) }).toMatchObject({
      exit: 1,
      told: [{ calls: 0 }],
    });
  });
});

describe('queue retry', () => {
  test('names a worker so that a shell takes its URL in one piece', async () => {
    const { queue } = await filledForTwo();
    const to = 'http://127.0.0.1:3001/new?store=1&lang=en';
    const { err } = await queue(['retry', '--target', north.url, '--to', to]);
    expect(err).toContain(` queue work --forward-to '${to}'\n`);
  });

  test('moves calls to another URL, and says that no worker forwards there', async () => {
    const { folder, queue, json } = await filledForTwo();
    const to = 'http://127.0.0.1:3001/new';
    const words = ['retry', '--target', north.url, '--to', ':3001/new'];
    const { exit, err } = await queue(words);
    expect(exit).toBe(0);
    expect(err.split('\n')).toEqual([
      `1 call is for ${to} from now on, and due now.`,
      `warning  No worker forwards to ${to}. Try: netcore-hook --store ${folder} queue work --forward-to ${to}`,
      '',
    ]);
    expect(await json('list', '--target', to)).toMatchObject([{ state: 'delayed', tries: 0 }]);

    const breaker = { state: 'closed', since: null, reason: null } as const;
    const presence = { pid: process.pid, to, queue: '', started: noon, ordered: false, breaker };
    const worker = await announceWorker(folder, presence, processHost());
    onTestFinished(() => worker.withdraw());
    const again = await queue(['retry', '--target', to, '--to', to, '--json']);
    expect({ told: parsed(again.out), err: again.err }).toEqual({
      told: [{ schema: 1, type: 'retried', calls: 1, to }],
      err: '',
    });
  });

  test('takes more calls than it looks for at a time', async () => {
    const folder = temporaryFolder();
    const ids = await recordFor(
      folder,
      shop,
      Array.from({ length: 1_100 }, () => emailCall),
    );
    const { json } = queueOn(folder);
    expect(await json('retry', '-c', 'email')).toMatchObject([{ calls: ids.length }]);
    expect(await json('drop', '-c', 'email', '--yes')).toMatchObject([{ calls: ids.length }]);
  });
});

describe('queue drop', () => {
  test.each<[string[], string]>([
    [['--dead'], 'Dropping 1 call from'],
    [['last'], 'Dropping 1 call from'],
    [['-c', 'email', '--state', 'dead,delayed'], 'Dropping 2 calls from'],
    [['--target', shop.url], 'Dropping 2 calls from'],
  ])('%j drops nothing where nobody can be asked', async (words, sentence) => {
    const { queue, states } = await filled();
    const before = await states();
    const { exit, err } = await queue(['drop', ...words]);
    expect({ exit, named: err.includes(sentence) }).toEqual({ exit: 2, named: true });
    const json = await queue(['drop', ...words, '--json']);
    expect(parsed(json.err)[0]).toMatchObject({
      code: 'drop_needs_yes',
      message: expect.stringContaining('--json disables prompts'),
    });
    expect(await states()).toEqual(before);
  });

  test.each([
    ['n', 1, 'Nothing was dropped', 'dead'],
    ['y', 0, 'Dropped 1 call', undefined],
  ])('asks on a terminal: %s', async (answer, exit, said, state) => {
    const { folder, states, ids } = await filled();
    const asked = start(['queue', 'drop', '--dead', '--store', folder], { terminal: true });
    await asked.line(/Drop 1 call from the queue permanently\?/);
    asked.type(`${answer}\n`);
    const finished = await asked.finished;
    expect({ exit: finished.exit, said: finished.err.includes(said) }).toEqual({
      exit,
      said: true,
    });
    expect((await states())[ids[1]!]).toBe(state);
  });

  test('asks nothing when there is nothing to drop', async () => {
    const { queue } = await filled();
    const { exit, err } = await queue(['drop', '--target', ':3000/other']);
    expect({ exit, err: err.includes('Nothing is queued for') }).toEqual({ exit: 0, err: true });
  });
});

describe('a command line of queue', () => {
  test.each([
    [['lst'], 'Did you mean queue list?'],
    [['1pbv5ggaw0'], 'history show 1pbv5ggaw0'],
    [['list', '1pbv5ggaw0'], 'takes options only'],
    [['--state', 'dead'], 'queue takes no --state'],
    [['--forward-to', ':3000/hook'], 'It belongs to queue work.'],
    [['list', '--yes'], 'It belongs to queue drop.'],
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
    expect({ exit, code: err.includes(`(${code})`) }).toEqual({ exit: 1, code: true });
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
