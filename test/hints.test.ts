import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commands } from '../src/commands/list.js';
import { wordsOf } from './helpers/guide.js';
import { startListener } from './helpers/listener.js';
import { project } from './helpers/project.js';
import { queueCaptures, shopUrl } from './helpers/queued-captures.js';
import { startRedis } from './helpers/redis-server.js';
import { type RunOptions, run, start } from './helpers/run.js';
import { serve } from './helpers/servers.js';
import { bodyOf, recordCalls } from './helpers/store.js';
import { temporaryFolder } from './helpers/temporary-folder.js';
import { until } from './helpers/until.js';

const root = new URL('../src/', import.meta.url).pathname;

/** Where a text of the sources names a command of ours: the file, and the rest of the line. */
function namedInSources(): string[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/^(?:inspector\/page|readiness)\//.test(path))
    // The examples of a command are run by another test.
    .filter((path) => !/^commands\/[a-z-]+\/command\.ts$/.test(path));
  return files.sort().flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8').replace(
      /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm,
      '',
    );
    const words = commands.map(({ name }) => name).join('|');
    const naming = new RegExp(
      `(?:netcore-hook|\\$\\{(?:command|queue)\\}) ((?:${words})\\b[^\`'"\\n]*)`,
      'g',
    );
    return [...text.matchAll(naming)].map(([, named = '']) => `${path} | ${named.trimEnd()}`);
  });
}

const sentence = 'a sentence about a command, not one to run';
const choice = 'several possibilities, or a placeholder to fill in';
const foreign = 'run by test/cli/foreign-words.test.ts';
const alerting = 'the command of an alert: test/alerts/alert.test.ts';
const shells = 'for the start-up file of a shell: test/process/completion.test.ts';

/** Each hint, with the situation below that runs it, or why none does. */
const hints: Readonly<Record<string, string>> = {
  'alerts/wording.ts | history prune --keep-for 7d': alerting,
  'alerts/wording.ts | history show ${fact.capture}': alerting,
  'alerts/wording.ts | history stats --by webhook': alerting,
  'alerts/wording.ts | queue': alerting,
  'alerts/wording.ts | queue list --dead': alerting,
  'alerts/wording.ts | queue resume --target ${shellWord(fact.to)}': alerting,
  'alerts/wording.ts | send -c email${to} --auth ${shellWord(fact.user)}': alerting,
  'alerts/wording.ts | status': alerting,
  'alerts/wording.ts | test-endpoint ${shellWord(fact.to)}': alerting,
  'cli/foreign-words.ts | listen': foreign,
  'cli/foreign-words.ts | listen --forward-to ${handler}': foreign,
  'cli/foreign-words.ts | listen --port ${port}. To forward calls to it: netcore-hook listen --forward-to ${forward}':
    foreign,
  'cli/foreign-words.ts | listen. To show recorded ones: netcore-hook history': foreign,
  'cli/foreign-words.ts | replay last': foreign,
  'cli/foreign-words.ts | send -c email': foreign,
  'cli/foreign-words.ts | send -c email --to ${handler}. To check an endpoint: netcore-hook test-endpoint ${handler}':
    foreign,
  'cli/foreign-words.ts | test-endpoint ${handler}': foreign,
  'commands/send/ask-for-missing.ts | send -c ${having.join(': foreign,
  'cli/options/schema.ts | config shows which are in effect.': sentence,
  'cli/program.ts | history show last': 'a first step, which the guides run',
  'cli/program.ts | listen': 'a first step, which the guides run',
  'cli/program.ts | send -c email': 'a first step, which the guides run',
  'cli/reject-arguments.ts | history show ${word}': 'run: an id behind history list',
  'commands/clock-text.ts | history prune ${keepFor}':
    'a clock that has jumped: test/store/age-clock.test.ts',
  'commands/completion/run.ts | completion ${shellNames[0]}': 'run: completion without a shell',
  'commands/completion/shells.ts | completion bash)': shells,
  'commands/completion/shells.ts | completion fish | source': shells,
  'commands/completion/shells.ts | completion powershell | Out-String | Invoke-Expression': shells,
  'commands/completion/shells.ts | completion zsh)': shells,
  'commands/config/run.ts | config --schema': 'run: the schema of a command',
  'commands/decode/paste-input.ts | decode --json body.txt': 'names a file that the user has',
  'commands/encode/run.ts | encode --json payload.json': 'names a file that the user has',
  'commands/explain/run.ts | explain': 'run: an unknown code',
  'commands/explain/run.ts | explain lists all codes.': sentence,
  'commands/history/alone.ts | history ${word}': 'run: a verb behind an option',
  'commands/unreadable.ts | listen renames the damaged file and copies the readable captures.':
    sentence,
  'commands/history/prune.ts | history prune --keep 10000, --keep-for 7d or --keep-size 1gb':
    choice,
  'commands/history/prune.ts | queue drop --dead':
    'asks before it drops; the others of the queue run',
  'commands/history/reconcile-view.ts | replay < ${visible(shellWord(written))}':
    'sends what a table lacks: test/commands/reconcile.test.ts',
  'commands/history/show.ts | history show last': 'run: history show without an id',
  'commands/history/diff.ts | history diff last~1 last':
    'exits with 1 when they differ: test/commands/history-diff.test.ts',
  'commands/history/diff.ts | history diff last~1.1 last.1':
    'exits with 1 when they differ: test/commands/history-diff.test.ts',
  'commands/history/erase.ts | history erase --who asha@example.com --dry-run':
    'run: history erase without a contact',
  'commands/history/export.ts | history export --format csv --columns key,who,time':
    'run: columns without CSV',
  'commands/history/fields.ts | history fields --save fields.json':
    'writes a file: test/commands/history-fields.test.ts',
  'commands/listen/field-watch.ts | history fields': 'an example of history fields',
  'commands/inspect/view.ts | listen while it runs.': sentence,
  'commands/listen/store-news.ts | queue':
    'needs a store above its limit: test/store/retention.test.ts',
  'commands/listen/view.ts | send -c email${asUser(notice.users)}':
    'run: the first call of a listener',
  'commands/queue/call-selection.ts | queue ${verb} --dead --queue <the URL that netcore-hook queue shows>':
    choice,
  'commands/queue/call-selection.ts | queue ${verb} --dead, or with --target <handler>, or with ids':
    choice,
  'commands/queue/pause.ts | queue ${verb} --target ${shellWord(word)}':
    'pauses: test/commands/queue-change.test.ts',
  'commands/queue/run.ts | history show ${word}': 'run: an id behind queue',
  'commands/queue/run.ts | queue ${word}': 'run: a verb of queue behind an option',
  'commands/queue/work.ts | listen.': sentence,
  'commands/queue/work.ts | queue work --forward-to :3000/webhooks/netcore': 'an example URL',
  'commands/replay/run.ts | replay last --bisect': 'needs an endpoint that fails for a part',
  'commands/init/run.ts | init --list': 'run: an unknown framework',
  'commands/init/run.ts | init express. The frameworks are ${list(starterIds)}.':
    'writes a folder: test/commands/init.test.ts',
  'commands/init/view.ts | test-endpoint :3000/webhooks/netcore --auth netcore:secret':
    'needs the receiver: test/starters/run.test.ts',
  'commands/queue/move.ts | listen --forward-to ${shellWord(target)}${queue}':
    'runs until it is stopped: test/process/queue-move.test.ts',
  'commands/queue/move.ts | queue move --queue redis://127.0.0.1': 'an example URL',
  'commands/samples/run.ts | samples --schema': 'run: the schema of a sample',
  'commands/samples/run.ts | samples email --print ${options.print}':
    'run: a form without a channel',
  'commands/simulate/run.ts | simulate --list': 'run: a journey behind --list',
  'commands/simulate/view.ts | listen in front, it would have cost 0: the listener answers each call 200 and forwards it later.':
    sentence,
  'journeys/journey-schema.ts | simulate. docs/rehearse.md describes the format.': sentence,
  'commands/send/run.ts | send --channel ${word}': 'sends: test/commands/send.test.ts',
  'commands/status/queue-problems.ts | queue drop ${id}':
    'asks before it drops; the others of the queue run',
  'commands/status/queue-problems.ts | queue resume --target ${target}${there}':
    'needs a pause: test/process/forward.test.ts',
  'commands/status/queue-problems.ts | queue list --dead${there}': 'run: dead calls in status',
  'commands/status/run.ts | status': 'run: a word behind status',
  'commands/status/store-problems.ts | queue':
    'needs a store above its limit: test/store/retention.test.ts',
  'commands/status/view.ts | history list --outcome skipped':
    'needs calls without readable data: test/commands/status.test.ts',
  'commands/test-endpoint/options.ts | test-endpoint --list': 'run: no check to run',
  'commands/test-endpoint/options.ts | test-endpoint :3000/hook': 'an example URL',
  'commands/test-endpoint/options.ts | test-endpoint :3000/hook --watch src': 'an example URL',
  'forwarding/announce.ts | status cannot show this worker: ${plainReason(error)}': sentence,
  'forwarding/startup-warnings.ts | queue move --back --queue ${shellWord(from)}':
    'needs a Redis with calls: test/process/queue-move.test.ts',
  'forwarding/startup-warnings.ts | queue move --queue ${shellWord(to)}':
    'run: calls in the store, and a restart with --queue',
  'forwarding/startup-warnings.ts | queue retry --target ${shellWord(target)} --to ${shellWord(own.url)}':
    'run: calls for another URL',
  'forwarding/store-command.ts | queue ${words}': 'run: dead calls, listed',
  'forwarding/store-command.ts | queue ${words} --queue ${shellWord(redis)}':
    'the same for a queue on Redis',
  'forwarding/store-command.ts | queue retry --target ${url} --to ${url} && ${work}':
    'run: calls for a queue on Redis',
  'forwarding/store-command.ts | queue work --forward-to ${url}':
    'run: calls in the store, and a restart with --queue',
  'payload/paste/command.ts | decode ${file}': 'names a file that the user has',
  'output/problem-text.ts | explain ${code}': 'explains any problem: test/commands/explain.test.ts',
  'problems/catalogue.ts | config --no-config': 'run: an unknown setting',
  'problems/catalogue.ts | decode <file>': choice,
  'problems/catalogue.ts | decode, paste the text and press Ctrl-D.': sentence,
  'problems/catalogue.ts | history': 'needs calls that were missed: test/commands/listen.test.ts',
  'problems/catalogue.ts | history export.': sentence,
  'problems/catalogue.ts | history list': 'run: no such capture',
  'problems/catalogue.ts | history show ${a.ids[0]}': 'needs a call in a queue that is not there',
  'problems/catalogue.ts | history show <id> lists them.': choice,
  'problems/catalogue.ts | listen': 'run: the first call of a listener',
  'problems/catalogue.ts | listen creates it. Choose another folder with --store.': sentence,
  'problems/catalogue.ts | listen --port ${a.next}': 'run: a port in use',
  'problems/catalogue.ts | listen: it renames the damaged file and copies the readable captures.':
    sentence,
  'problems/catalogue.ts | queue list --json.': sentence,
  'problems/catalogue.ts | replay ${a.id}': "needs a target; --to is the user's choice",
  'problems/catalogue.ts | replay last, or --last 20, or --since 2h': choice,
  'problems/catalogue.ts | samples <channel> <activity>, or add a new key with --add.': choice,
  'reconciliation/read-json.ts | history import, and compare the store.': sentence,
};

test('the list names every hint of the sources, and every situation', () => {
  const found = [...new Set(namedInSources())].sort();
  expect(found).toEqual(Object.keys(hints).sort());
  const ran = Object.values(hints).filter((how) => how.startsWith('run: '));
  const there = [...situations.map(({ name }) => name), ...others];
  expect([...new Set(ran)].sort()).toEqual(there.map((name) => `run: ${name}`).sort());
});

/** The command in a text: its words, and the variables before it. */
function commandIn(
  text: string,
  pattern = /netcore-hook .*/,
): [argv: string[], env: Record<string, string>] {
  const [line = ''] = pattern.exec(text) ?? [];
  const [variable] = /NETCORE_HOOK_QUEUE= (?=netcore-hook)/.exec(line) ?? [];
  return [
    wordsOf(line.slice(line.indexOf('netcore-hook')).replace(/\.$/, '')),
    variable === undefined ? {} : { NETCORE_HOOK_QUEUE: '' },
  ];
}

interface Situation {
  readonly name: string;
  /** What leads to the hint. */
  readonly argv: readonly string[];
  readonly cwd?: () => string;
  readonly command?: RegExp;
}

const situations: readonly Situation[] = [
  { name: 'an id behind history list', argv: ['history', 'list', 'last'] },
  { name: 'completion without a shell', argv: ['completion'] },
  { name: 'the schema of a command', argv: ['config', 'listen', '--schema'] },
  { name: 'a verb behind an option', argv: ['history', '-c', 'sms', 'list'] },
  { name: 'history show without an id', argv: ['history', 'show'] },
  { name: 'history erase without a contact', argv: ['history', 'erase'] },
  { name: 'columns without CSV', argv: ['history', 'export', '--columns', 'key'] },
  { name: 'dead calls, listed', argv: ['queue'], command: /netcore-hook [^.]* queue list --dead/ },
  { name: 'an id behind queue', argv: ['queue', 'ID'] },
  { name: 'an unknown code', argv: ['explain', 'zzzzzzzzzzzz'] },
  {
    name: 'a verb of queue behind an option',
    argv: ['queue', '--queue', 'redis://127.0.0.1:1', 'list'],
  },
  { name: 'the schema of a sample', argv: ['samples', 'email', '--schema'] },
  { name: 'a form without a channel', argv: ['samples', '--print', 'curl'] },
  { name: 'a journey behind --list', argv: ['simulate', 'hot-lead', '--list'] },
  { name: 'an unknown framework', argv: ['init', 'expres'] },
  {
    name: 'dead calls in status',
    argv: ['status'],
    command: /netcore-hook --store \S+ queue list --dead/,
  },
  { name: 'a word behind status', argv: ['status', 'all'] },
  { name: 'no check to run', argv: ['test-endpoint', ':1', '--only', 'tls', '--skip', 'tls'] },
  { name: 'no such capture', argv: ['history', 'show', '1zzzzzzzzz'] },
  {
    name: 'an unknown setting',
    argv: ['send', '-c', 'email', '--print', 'form'],
    cwd: () => project({ zzzzzz: 1 }),
  },
];

test.each(situations)('a hint is followed: $name', async ({ name, argv, cwd, command }) => {
  const events = [{ channel: 'sms', event: 'delivered' }];
  const { files, captures } = await recordCalls([
    { body: bodyOf(events) },
    { body: bodyOf(events) },
    { body: new TextEncoder().encode('payload=1') },
  ]);
  queueCaptures(files, captures, (index) => ({
    state: index === 2 ? 'skipped' : 'dead',
  }));
  const options: RunOptions = {
    cwd: cwd?.() ?? temporaryFolder(),
    env: { NETCORE_HOOK_STORE: files.folder },
  };
  const typed = argv.map((word) => (word === 'ID' ? captures[0]!.id : word));
  const { out, err } = await run(typed, options);
  const [words] = commandIn(out + err, command);
  expect(words.length, out + err).toBeGreaterThan(0);
  const followed = await run(words, options);
  // A status that is not well is no failure of its command.
  expect({ name, words, exit: followed.exit }).toEqual({
    name,
    words,
    exit: words[0] === 'status' ? 1 : 0,
  });
  expect(followed.out).not.toBe('');
});

const others = [
  'the first call of a listener',
  'a port in use',
  'calls for another URL',
  'calls for a queue on Redis',
  'calls in the store, and a restart with --queue',
];

test('a hint is followed: the first call of a listener', async () => {
  const unreachable = await run(['send', '-c', 'email', '--to', ':1']);
  const [words] = commandIn(unreachable.out + unreachable.err);
  expect(words).toEqual(['listen']);
  const listener = await startListener([], { terminal: true });
  const [, said = ''] = await listener.line(/(netcore-hook send .*)/);
  const [send] = commandIn(said);
  const { exit, out } = await run(send, { env: { NETCORE_HOOK_STORE: listener.store } });
  expect({ exit, answered: out.includes('200') }).toEqual({ exit: 0, answered: true });
});

test('a hint is followed: a port in use', async () => {
  const { port } = await serve((_, response) => void response.end());
  const env = { NETCORE_HOOK_STORE: temporaryFolder() };
  const { exit, err } = await run(['listen', '--no-inspect', '--port', port], { env });
  expect(exit).toBe(3);
  const listener = start([...commandIn(err)[0], '--no-inspect'], { env });
  await listener.line(/^Listening/);
  listener.signal();
  expect((await listener.finished).exit).toBe(0);
});

describe('a hint is followed that moves waiting calls', () => {
  /** A store in which three calls wait, and a handler that counts what it gets. */
  async function waiting(targetOf: (handler: string) => string, queue: string) {
    let got = 0;
    const handler = await serve((request, response) => {
      got += 1;
      request.resume().on('end', () => response.end());
    });
    const calls = [1, 2, 3].map(() => ({ body: bodyOf([{ channel: 'sms', event: 'sent' }]) }));
    const { files, captures } = await recordCalls(calls);
    const target = targetOf(handler.href);
    queueCaptures(files, captures, () => ({ state: 'waiting', target, queue }));
    return {
      handler: handler.href,
      store: files.folder,
      arrived: () => until(() => got === 3, 'all'),
    };
  }

  function follow(argv: readonly string[], options: RunOptions) {
    const worker = start(argv, options);
    onTestFinished(async () => {
      worker.signal();
      await worker.finished;
    });
  }

  test('calls for another URL', async () => {
    const { handler, store, arrived } = await waiting(() => shopUrl, '');
    const listener = await startListener(['--forward-to', handler], { store });
    const [said] = await listener.line(/To move them here: (.*)/);
    const { exit } = await run(commandIn(said)[0]);
    expect(exit).toBe(0);
    await arrived();
  });

  test('calls for a queue on Redis', async () => {
    const { handler, store, arrived } = await waiting((url) => url, 'redis://10.0.0.5:6379');
    const { err } = await run(['queue', '--store', store]);
    const [, move = '', work = ''] = /instead: (.*) && (.*)/.exec(err) ?? [];
    expect((await run(commandIn(move)[0])).exit).toBe(0);
    expect(work).toContain(handler);
    follow(commandIn(work)[0], {});
    await arrived();
  });

  test.each(['the flag', 'the variable', 'the project file'])(
    'calls in the store, and a restart with --queue by %s',
    async (source) => {
      const redis = await startRedis();
      const { handler, store, arrived } = await waiting((url) => url, '');
      const file = {
        forwardTo: handler,
        ...(source === 'the project file' && { queue: redis.url }),
      };
      const options = {
        cwd: project(file),
        env: source === 'the variable' ? { NETCORE_HOOK_QUEUE: redis.url } : {},
      };
      const words = source === 'the flag' ? ['--queue', redis.url] : [];
      const listener = await startListener(words, { ...options, store });
      const [said] = await listener.line(/To move them to the queue in use: (.*)/);
      const [argv, variables] = commandIn(said, /To move.*/);
      const { exit } = await run(argv, { ...options, env: { ...options.env, ...variables } });
      expect(exit).toBe(0);
      await arrived();
    },
  );
});
