import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { catalogue } from '../src/problems/catalogue.js';
import { exitCodes } from '../src/problems/exit-codes.js';
import { differences, guideCommands, wordsOf } from './helpers/guide.js';
import { binary } from './helpers/process.js';
import { type Finished, type Running, type RunOptions, run, start } from './helpers/run.js';
import { serve } from './helpers/servers.js';
import { bodyOf } from './helpers/store.js';
import { temporaryFolder } from './helpers/temporary-folder.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');
/** What a command needs that a test does not have. Its words are checked all the same. */
const notRun: Readonly<Record<string, string>> = {
  'npm install': 'the registry: test/process installs the package',
  'npm ci': 'the registry: .ci/run does it',
  'hooks.example.com': 'a public address',
  'monitor.example.com': 'a public address',
  '--watch': 'someone who edits files',
};

/** The guides whose commands all run here, and what has to happen before one of them does. */
const guides: Readonly<Record<string, Readonly<Record<string, (stage: Stage) => Promise<void>>>>> =
  {
    'README.md': {},
    'docs/first-webhook.md': {},
    'docs/ready.md': {},
    'docs/production.md': { 'queue list --dead': giveCallUp },
    'docs/alerts.md': {
      '--smtp-password': async (stage) => {
        await stage.type('umask 077; echo netcore:secret > logins; echo secret > smtp.password');
      },
    },
    'docs/decoding.md': {},
    'docs/lost-event.md': {
      'history --who': giveCallUp,
      'queue retry --dead': async (stage) => stage.answer(200),
    },
    'docs/redeliver.md': { 'queue pause': deliverTwo, 'queue resume': forwardAgain },
    'docs/rehearse.md': {},
    'docs/starters.md': {},
    'skills/netcore-hook/SKILL.md': {},
    'docs/sharing.md': { 'history show': giveCallUp },
  };

describe.each(Object.entries(guides))('%s', (name, before) => {
  test('shows what its commands do', async () => {
    const stage = await prepare();
    const prepared = Object.entries(before);
    let lasting: { readonly shown: readonly string[]; readonly running: Running } | undefined;
    const endLasting = async () => {
      if (!lasting) return;
      const { shown, running } = lasting;
      await expect
        .poll(() => differences(shown, ...stage.printed(running)), { timeout: 5000 })
        .toEqual({ missing: [], unsaid: [] });
      running.signal();
      expect((await running.finished).exit).toBe(0);
    };
    for (const { line, shown } of guideCommands(read(name))) {
      if (Object.keys(notRun).some((part) => line.includes(part))) continue;
      if (prepared[0] && line.includes(prepared[0][0])) await prepared.shift()?.[1](stage);
      if (/^netcore-hook listen\b(?! --alert-test)/.test(line)) {
        await endLasting();
        lasting = { shown, running: await stage.listen(line) };
        continue;
      }
      const [code] = shown.flatMap(
        (each) => /^ +More: netcore-hook explain (\w+)$/.exec(each)?.[1] ?? [],
      );
      const problem = code === undefined ? undefined : catalogue[code as keyof typeof catalogue];
      const type = async () => {
        const { exit, out, err } = await stage.type(line);
        return { line, exit, ...differences(shown, out, err) };
      };
      const wanted = {
        line,
        exit: problem ? exitCodes[problem.exit].code : isNegative(shown) ? exitCodes.no.code : 0,
        missing: [],
        unsaid: [],
      };
      // What only looks may look again, until what is under way is done.
      if (/^netcore-hook (?:history|queue(?: list|$)|status)/.test(line)) {
        await expect.poll(type, { timeout: 5000 }).toEqual(wanted);
      } else expect(await type()).toEqual(wanted);
    }
    await endLasting();
    expect(prepared).toEqual([]);
  });
});

/** Whether a command ends with a negative result. */
function isNegative(shown: readonly string[]): boolean {
  return shown.some((line) => / missing in the store\.$/.test(line));
}

/** Where a guide is gone through: a folder, a store as by default, and a handler on "port 3000". */
interface Stage {
  type(line: string): Promise<Finished>;
  listen(line: string): Promise<Running>;
  /** What the handler answers from now on. */
  answer(status: number): void;
  printed(running: Running): string[];
}

async function prepare(): Promise<Stage> {
  const cwd = temporaryFolder();
  const data = join(cwd, 'data');
  const programs = join(cwd, 'bin');
  mkdirSync(programs);
  symlinkSync(binary, join(programs, 'netcore-hook'));
  const body = bodyOf([event]);
  writeFileSync(join(cwd, 'body.txt'), body);
  writeFileSync(
    join(cwd, 'app.log'),
    `203.0.113.9 - - [24/Nov/2026:04:11:03 +0000] "POST /netcore" 200 "${Buffer.from(body)}"\n`,
  );
  writeFileSync(
    join(cwd, 'report.csv'),
    `Email ID,Message ID,Activity,Activity Time
asha@example.com,546,Bounced,2026-11-24 09:41:03
ravi@example.com,546,Bounced,2026-11-24 09:43:10
`,
  );
  let status = 200;
  const handler = await serve((request, response) => {
    request.resume().once('end', () => {
      response.statusCode = status;
      response.end(status === 200 ? '' : 'unknown panel "netcore_hook_test"\n');
    });
  });
  const env = { XDG_DATA_HOME: data };
  const options = { cwd, env, terminal: true, columns: 160 } satisfies RunOptions;
  const placed = (line: string) => line.replaceAll(':3000', `:${handler.port}`);
  const told = (text: string) => text.replaceAll(data, '/home/asha/.local/share');

  return {
    async type(line) {
      const typed = placed(line);
      const { exit, out, err } =
        /^netcore-hook /.test(line) && !/[|<>&;]/.test(unquoted(line))
          ? await run(wordsOf(typed), options)
          : await inShell(typed, { cwd, env: { ...env, PATH: `${programs}:${process.env.PATH}` } });
      return { exit, out: told(out), err: told(err) };
    },
    async listen(line) {
      const running = start(
        [...wordsOf(placed(line)), '--port', '0', '--inspect-port', '0'],
        options,
      );
      onTestFinished(async () => {
        running.signal();
        await running.finished;
      });
      await running.line(/^Ctrl-C/);
      return running;
    },
    answer(next) {
      status = next;
    },
    printed: (running) => running.written().map(told),
  };
}

/** A call came, and the handler did not want it. */
async function giveCallUp(stage: Stage): Promise<void> {
  stage.answer(422);
  const listener = await stage.listen(
    'netcore-hook listen --attempts 1 --forward-to :3000/webhooks/netcore',
  );
  const [, url] = await listener.line(/(http:\/\/127\.0\.0\.1:\d+)/);
  await stage.type(`netcore-hook send --data body.txt --to ${url}`);
  await listener.line(/given up/);
  const dead = () => stage.type('netcore-hook history --outcome dead');
  await expect.poll(async () => (await dead()).out, { interval: 10 }).toContain('dead');
}

const forwarding = 'netcore-hook listen --forward-to :3000/webhooks/netcore';

/** Two calls came, and the handler accepted them. */
async function deliverTwo(stage: Stage): Promise<void> {
  const listener = await stage.listen(forwarding);
  const [, url] = await listener.line(/(http:\/\/127\.0\.0\.1:\d+)/);
  for (let call = 0; call < 2; call += 1) {
    await stage.type(`netcore-hook send --data body.txt --to ${url}`);
  }
  const history = () => stage.type('netcore-hook history --outcome delivered --json');
  await expect.poll(async () => (await history()).out.split('\n').length, { interval: 10 }).toBe(3);
  listener.signal();
  await listener.finished;
}

async function forwardAgain(stage: Stage): Promise<void> {
  await stage.listen(forwarding);
}

const event = {
  channel: 'email',
  event: 'bounce',
  msgid: '546',
  att_params: { EMAIL: 'asha@example.com', FIRSTNAME: 'Asha' },
  event_params: {
    camp_name: 'Diwali sale',
    email: 'asha@example.com',
    foreignkey: 'asha@example.com',
    ts: 261_124_094_103,
    timestamp: '2026-11-24T09:41:03',
  },
};

const unquoted = (line: string) => line.replace(/'[^']*'/g, '');

function inShell(line: string, options: { cwd: string; env: Record<string, string> }) {
  const child = spawn('sh', ['-c', line], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8');
  });
  return new Promise<Finished>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ exit: code ?? 1, out, err }));
  });
}

test('nothing is left out of the guides that nobody needs to leave out', () => {
  const lines = Object.keys(guides).flatMap((name) => guideCommands(read(name)));
  for (const part of Object.keys(notRun)) {
    expect(lines.filter(({ line }) => line.includes(part))).not.toEqual([]);
  }
});
