import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { processHost } from '../../src/host.js';
import { codeText } from '../../src/output/problem-text.js';
import { announceWorker } from '../../src/store/presence.js';
import {
  changeable,
  emailCall,
  failed,
  filled,
  filledForTwo,
  minute,
  names,
  noon,
  north,
  now,
  parsed,
  queueOn,
  recordFor,
  shop,
  smsCall,
} from '../helpers/queue-command.js';
import { start } from '../helpers/run.js';
import { recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

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
    if (word === 'retry' && code === 'not_queued') return;
    const { folder, queue, states } = await filled();
    const before = await states();
    await recordCalls([emailCall], folder);
    const yes = word === 'drop' ? ['--yes'] : [];
    const { exit, out, err } = await queue([word, 'last~1', reference, ...yes]);
    expect({ exit, out, code: err.includes(codeText(code)) }).toEqual({
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

describe('queue retry of calls that ended', () => {
  /** A store with two delivered calls, and a capture that was recorded without a target. */
  async function afternoon() {
    const folder = temporaryFolder();
    const attempt = { ...failed, status: 200, reason: null };
    const fate = { state: 'delivered', due: 0, attempt } as const;
    const ids = await recordFor(folder, shop, [emailCall, smsCall], [fate, fate]);
    const { captures } = await recordCalls([{ ...emailCall, time: noon + 9 * minute }], folder);
    return { folder, ids: [...ids, captures[0]!.id], ...queueOn(folder) };
  }

  test('--any takes delivered calls and captures without a call, and --dry-run counts them', async () => {
    const { queue, states, ids } = await afternoon();
    const words = ['retry', '--since', new Date(noon).toISOString(), '--any'];
    const { out } = await queue([...words, '--dry-run']);
    expect(out).toBe('3 calls would be sent: 2 delivered, 1 unqueued.\n');
    const json = parsed((await queue([...words, '--dry-run', '--json'])).out);
    expect(json).toMatchObject([{ calls: 3, dryRun: true, states: { delivered: 2, unqueued: 1 } }]);
    expect(Object.values(await states())).toEqual(['delivered', 'delivered']);
    const refused = await queue(words);
    expect({ exit: refused.exit, err: refused.err }).toMatchObject({
      exit: 2,
      err: expect.stringContaining('Sending 2 delivered calls again needs confirmation'),
    });
    expect(await queue([...words, '--yes'])).toMatchObject({
      exit: 0,
      err: '3 calls are due now.\n',
    });
    expect(await states()).toEqual(Object.fromEntries(ids.map((id) => [id, 'delayed'])));
  });

  test('without --any says what it left out', async () => {
    const { queue } = await afternoon();
    const { err } = await queue(['retry', '-c', 'email']);
    expect(err).toBe(
      'warning  No queued call matches. To send delivered calls again, too: --any\n',
    );
  });

  test('reads ids from a file or stdin, also those of events', async () => {
    const { folder, queue, states, ids } = await afternoon();
    const file = join(folder, 'ids.txt');
    writeFileSync(file, `${ids[0]}.1\r\n${ids[0]}.2\n\n${ids[2]}\n`);
    expect(await queue(['retry', '--ids', file])).toMatchObject({ err: '2 calls are due now.\n' });
    expect(await states()).toMatchObject({ [ids[0]!]: 'delayed', [ids[1]!]: 'delivered' });
    const stdin = await queue(['retry', '--ids', '-'], { input: `${ids[1]}\n` });
    expect(stdin).toMatchObject({ exit: 0, err: '1 call is due now.\n' });
    const empty = await queue(['retry', '--ids', '-'], { input: '\n' });
    expect(empty).toMatchObject({ exit: 2, err: expect.stringContaining('stdin holds no id.') });
  });

  test('needs the target of a capture that was recorded without one', async () => {
    const folder = temporaryFolder();
    const { captures } = await recordCalls([emailCall], folder);
    const { queue, json } = queueOn(folder);
    const [{ id } = { id: '' }] = captures;
    expect(await queue(['retry', id])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('the store has none'),
    });
    expect(await queue(['retry', id, '--to', ':3000/new'])).toMatchObject({ exit: 0 });
    expect(await json('list')).toMatchObject([
      { capture: id, state: 'delayed', target: 'http://127.0.0.1:3000/new' },
    ]);
  });
});

describe.each(['pause', 'resume'] as const)('queue %s', (word) => {
  test.each<[string, string[], number, RegExp]>([
    ['a target', ['--target', ':3000/webhooks/netcore'], 0, /^(Paused|Resumed) http:\/\/127/],
    ['all targets', [], 0, /^(Paused|Resumed) http:\/\/127/],
    [
      'another target',
      ['--target', ':3000/webhooks/netcor'],
      1,
      /No queue for \S+ is known\. Did you mean http/,
    ],
    [
      'a target on Redis',
      ['--target', north.url],
      1,
      /handed over to redis:\/\/10\.0\.0\.5:6379\. Try: netcore-hook queue \w+ --queue redis:/,
    ],
    ['a word', [':3000/hook'], 2, /--target :3000\/hook/],
  ])('changes %s, or says why not', async (_, words, exit, text) => {
    const { queue } = await filledForTwo();
    if (word === 'resume') await queue(['pause']);
    const { err, exit: ended } = await queue([word, ...words]);
    expect({ err, exit: ended }).toEqual({ err: expect.stringMatching(text), exit });
    if (exit !== 0) return;
    const again = await queue([word, ...words]);
    expect({ err: again.err, exit: again.exit }).toEqual({
      err: expect.stringMatching(word === 'pause' ? /is already paused/ : /is not paused/),
      exit: 0,
    });
  });
});

test('queue shows a pause, and queue retry says that its calls wait', async () => {
  const { queue } = await filled();
  await queue(['pause', '--target', shop.url], { now: () => now - 12 * minute });
  expect((await queue([])).out).toContain('paused for 12 min');
  const [counts] = parsed((await queue(['--json'])).out);
  expect(counts).toMatchObject({ paused: new Date(now - 12 * minute).toISOString() });
  const { err } = await queue(['retry', '--dead']);
  expect(err).toMatch(/is paused\. Its calls wait until: netcore-hook --store \S+ queue resume\n$/);
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
