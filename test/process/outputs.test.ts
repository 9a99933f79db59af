import { spawn } from 'node:child_process';
import { chmodSync, closeSync, openSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { formEncoded } from '../../src/payload/form-codec.js';
import { asUnknownUser, inNamespace, startedBy } from '../helpers/namespace.js';
import { binary, type ChildOptions, runTool, spawnListener } from '../helpers/process.js';
import { needPrograms } from '../helpers/programs.js';
import { recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

interface Row {
  readonly words: readonly string[];
  /** The exit code where all goes well; 0 if missing. */
  readonly exit?: number;
  /** It needs the home folder. */
  readonly home?: true;
}

const json = '{"shop":[{"channel":"email","activity":"open"}]}';

/** A listener that no call reaches. */
const waitsBriefly = ['listen', '--port', '0', '--exit-after', '1', '--wait', '100ms', '--json'];

/** Each command once, in the form that prints something and ends by itself. */
async function everyCommand(): Promise<readonly Row[]> {
  const { files } = await recordCalls([{ body: Buffer.from(formEncoded(json)) }]);
  const store = ['--store', files.folder];
  const folder = temporaryFolder();
  const payload = join(folder, 'payload.json');
  writeFileSync(payload, json);
  const { out } = await runTool(['history', 'export', ...store]);
  const exported = join(folder, 'captures.jsonl');
  writeFileSync(exported, out);
  return [
    { words: ['--version'] },
    { words: [...waitsBriefly, '--store', join(folder, 'store')], exit: 1 },
    { words: ['inspect', '--help'] },
    { words: ['test-endpoint', 'http://127.0.0.1:1'], exit: 1 },
    { words: ['samples', '--json'] },
    { words: ['config'] },
    { words: ['completion', 'bash'] },
    { words: ['decode', payload] },
    { words: ['encode', payload] },
    { words: ['send', '-c', 'email', '--print', 'form'] },
    { words: ['replay', '--from', exported, '--print', 'form'] },
    { words: ['history', 'import', exported, ...store, '--json'] },
    { words: ['history', 'export', ...store] },
    { words: ['queue', ...store] },
    { words: ['status', ...store], exit: 1 },
    { words: ['history'], home: true },
  ];
}

/** Runs every command, two at a time, and returns those that end otherwise than expected. */
async function unexpected(
  rows: readonly Row[],
  options: ChildOptions,
  expected: (row: Row) => number,
) {
  const left = [...rows];
  const wrong: unknown[] = [];
  const work = async () => {
    for (let row = left.shift(); row; row = left.shift()) {
      const { exit, err } = await runTool(row.words, options);
      const isSound = exit === expected(row) && !/^ +at |explain bug$|"code":"bug"/m.test(err);
      if (!isSound) wrong.push({ words: row.words, exit, err });
    }
  };
  await Promise.all([work(), work()]);
  return wrong;
}

const usual = ({ exit = 0 }: Row) => exit;

test('a full disk behind the output ends every command with output_failed', async () => {
  const rows = (await everyCommand()).filter(({ home }) => !home);
  const full = openSync('/dev/full', 'w');
  try {
    expect(await unexpected(rows, { stdio: ['ignore', full, 'pipe'] }, () => 3)).toEqual([]);
  } finally {
    closeSync(full);
  }
});

test('a reader that closes the pipe, and a missing home folder, disturb only what needs them', async () => {
  const rows = await everyCommand();
  const [bash] = needPrograms('bash');
  const { env, through = [] } = asUnknownUser();
  const closed = [...through, bash, '-c', '"$@" | true; exit "$PIPESTATUS"', 'bash'];
  const expected = (row: Row) => (row.home ? 3 : usual(row));
  expect(await unexpected(rows, { env, through: closed }, expected)).toEqual([]);
});

test.each([[['history']], [['status']]])(
  '%j names the permissions of a store that it may not read',
  async (words) => {
    const { files } = await recordCalls([{}]);
    chmodSync(files.folder, 0);
    onTestFinished(() => chmodSync(files.folder, 0o700));
    const { exit, err } = await runTool([...words, '--store', files.folder], asUnknownUser());
    expect({ exit, err }).toEqual({
      exit: 3,
      err: expect.stringContaining(`Cannot open the store in ${files.folder}: permission denied.`),
    });
  },
);

test('a stream socket of Unix is refused as a listening socket', async () => {
  const path = join(temporaryFolder(), 'socket');
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const store = join(temporaryFolder(), 'store');
  const words = ['listen', '--no-inspect', '--store', store, '--listen-fd', '3'];
  const { exit, err } = await runTool(words, { stdio: ['ignore', 'pipe', 'pipe', fd] });
  expect({ exit, named: err.includes('it is a Unix socket') }).toEqual({ exit: 3, named: true });
});

/** Signals until the process has ended, since the first ones may come before it listens to them. */
async function signalUntil(ended: Promise<unknown>, leader: number, everyMs: number) {
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    const child = startedBy(leader);
    if (child !== undefined) process.kill(child, 'SIGINT');
    await wait(everyMs);
  }
}

test.each([
  [['decode', '-']],
  [['history', 'import', '-']],
  [['replay', '--from', '-', '--print', 'form']],
])('as process 1, Ctrl-C ends %j, which waits for its input', async (words) => {
  const [program = '', ...before] = inNamespace().through ?? [];
  const store = ['--store', join(temporaryFolder(), 'store')];
  const all = [...before, process.execPath, binary, ...words, ...store];
  // An open pipe as its input.
  const child = spawn(program, all, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const late = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), 10_000);
  await signalUntil(ended, child.pid ?? 0, 50);
  expect(await ended).toBe(130);
  clearTimeout(late);
});

test('as process 1, a second Ctrl-C ends a listener that waits for a call', async () => {
  const listener = await spawnListener([], inNamespace());
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf');
  await wait(200);
  await signalUntil(listener.ended, listener.pid, 300);
  expect(await listener.ended).toBe(130);
  socket.destroy();
});
