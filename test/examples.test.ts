import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandTree } from '../src/cli/program.js';
import { commands } from '../src/commands/list.js';
import { shellWords } from '../src/payload/paste/shell-words.js';
import { type Finished, run, start } from './helpers/run.js';
import { serve } from './helpers/servers.js';
import { bodyOf, recordCalls } from './helpers/store.js';
import { temporaryFolder } from './helpers/temporary-folder.js';
import { simulationLine, truthLine } from './helpers/truth.js';
import { until } from './helpers/until.js';

/** What an example needs that a test does not have, or should not take. */
const notRun: Readonly<Record<string, string>> = {
  '--open': 'a browser',
  '--tunnel': 'cloudflared',
  'redis:': 'a Redis',
  '--count 1000': 'a minute',
  '--burst': 'five seconds',
  '--soak': 'a day',
};

/** Commands that go on until they are stopped, and what they say first. */
const endless: Readonly<Record<string, RegExp>> = {
  'netcore-hook listen': /(http:\/\/127\.0\.0\.1:\d+)/,
  'netcore-hook history list --follow': /"type":"capture"/,
  'netcore-hook queue work': /^Working/m,
  'netcore-hook test-endpoint :3000/hook --watch': /The next run starts/,
  'netcore-hook inspect': /http:\/\/127\.0\.0\.1/,
};

const events = ['asha', 'ravi', 'meera'].map((name) => ({
  channel: 'email',
  event: 'bounce',
  msgid: '546',
  att_params: { EMAIL: `${name}@example.com` },
  event_params: { email: `${name}@example.com`, ts: 261_124_094_103 },
}));

/** A folder with all that examples name, and a handler that took what the listener forwarded to it. */
async function prepare() {
  const cwd = temporaryFolder();
  const endpoint = await serve((request, response) => {
    request.resume().once('end', () => response.end());
  });
  const store = join(cwd, 'captures');
  mkdirSync(join(cwd, 'src'));
  const time = Date.now();
  await recordCalls(
    Array.from({ length: 4 }, () => ({ time, body: bodyOf(events) })),
    store,
  );
  const env = { NETCORE_HOOK_STORE: store };
  writeRows(cwd);
  writeFileSync(join(cwd, 'payload.json'), JSON.stringify({ netcore_hook_test: events }));
  writeFileSync(join(cwd, 'body.txt'), bodyOf(events));
  const exported = await run(['history', 'export'], { env, cwd });
  writeFileSync(join(cwd, 'captures.jsonl'), exported.out);
  writeFileSync(
    join(cwd, 'netcore-hook.config.json'),
    JSON.stringify({ profiles: { staging: { to: ':3000' } } }),
  );
  const listener = start(['listen', '--port', '0', '--no-inspect', '-f', endpoint.href], {
    env,
    cwd,
  });
  const [, url = ''] = await listener.line(/(http:\/\/127\.0\.0\.1:\d+)/);
  await run(['send', '--data', 'payload.json', '--to', url], { env, cwd });
  await listener.line(/forwarded +200/);
  // What was answered is written down a moment later: until then its worker has the call.
  await until(async () => {
    const { out } = await run(['queue', '--json'], { env, cwd });
    return /"delivered":1\b/.test(out);
  }, 'the call is out of the queue');
  return { env, cwd, endpoint, listener };
}

/** What `reconcile` compares. */
function writeRows(cwd: string): void {
  const rows = (activity: string) =>
    ['asha', 'ravi', 'meera'].map((name) => `${name}@example.com,546,${activity}\n`).join('');
  writeFileSync(join(cwd, 'list.csv'), 'email\nasha@example.com\n');
  writeFileSync(join(cwd, 'report.csv'), `email,msgid,activity\n${rows('bounce')}`);
  writeFileSync(join(cwd, 'table.csv'), `contact,msgid,activity\n${rows('bounce')}`);
  writeFileSync(join(cwd, 'export.csv'), `Email ID,Message ID,Status\n${rows('Bounced')}`);
  const event = { msgid: '546', contact: 'asha@example.com', channel: 'email', activity: 'bounce' };
  writeFileSync(
    join(cwd, 'truth.ndjson'),
    `${simulationLine}\n${truthLine({ ...event, time: 1_763_965_800, detail: '' })}\n`,
  );
}

const { nodes } = await commandTree(commands, start(['--version']).host);

test.each(nodes.flatMap((node) => [node, ...node.verbs]))(
  'the examples of $path run',
  async ({ body: { examples } }) => {
    const { env, cwd, endpoint, listener } = await prepare();
    for (const { line } of examples) {
      if (Object.keys(notRun).some((part) => line.includes(part))) continue;
      const words = [...shellWords(line, line.indexOf('netcore-hook'), 'bash')];
      const argv = words
        .slice(1)
        .map(({ text }) => text.replace(':3000/', `:${endpoint.port}/`).replace(/\)$/, ''));
      const ended = await finish(line, argv, { env, cwd });
      expect(ended, line).toMatchObject({ exit: 0 });
      expect(`${ended.out}${ended.err}`, line).not.toBe('');
    }
    listener.signal();
    await listener.finished;
  },
);

async function finish(
  line: string,
  argv: readonly string[],
  options: { env: Record<string, string>; cwd: string },
): Promise<Finished> {
  const lasting = Object.entries(endless).find(([beginning]) => line.startsWith(beginning));
  if (!lasting) return run(argv.includes('|') ? argv.slice(0, argv.indexOf('|')) : argv, options);
  const port =
    argv[0] === 'listen' ? ['--port', '0'] : argv[0] === 'inspect' ? ['--inspect-port', '0'] : [];
  const running = start([...argv, ...port], options);
  const [, url = ''] = await running.line(lasting[1]);
  if (line.includes('--exit-after')) {
    await run(['send', '-c', 'email', '--to', url], options);
  } else running.signal();
  return running.finished;
}
