import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBrowser } from '../../src/commands/inspect/open-browser.js';
import { processHost } from '../../src/host.js';
import type { CapturePage, SentCall } from '../../src/inspector/api.js';
import { codeText } from '../../src/output/problem-text.js';
import { announceListener, findListeners } from '../../src/store/presence.js';
import { call, formHeaders } from '../helpers/http.js';
import { startListener } from '../helpers/listener.js';
import { run, start } from '../helpers/run.js';
import { nobodyThere } from '../helpers/servers.js';
import { recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Takes a port of loopback, this one if it is free, until the end of the test. */
async function takePort(wanted = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    // Taken by somebody else is as good.
    server.once('error', () => resolve());
    server.listen(wanted, '127.0.0.1', () => resolve());
  });
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : wanted;
}

/** As its page does. */
async function post(inspector: string, path: string, body: unknown): Promise<SentCall> {
  const html = await (await fetch(inspector)).text();
  const [, token = ''] = /name="netcore-hook-token" content="(\w+)"/.exec(html) ?? [];
  const answer = await fetch(new URL(path, inspector), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Netcore-Hook-Token': token },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as SentCall;
}

async function listed(inspector: string): Promise<string[]> {
  const answer = await fetch(new URL('/api/captures', inspector));
  return ((await answer.json()) as CapturePage).captures.map(({ id }) => id);
}

describe('inspect', () => {
  test('serves the recorded history until Ctrl-C', async () => {
    const { files, captures } = await recordCalls([{}, {}]);
    const running = start(['inspect', '--inspect-port', '0', '--store', files.folder]);
    const [, url = ''] = await running.line(/Inspector {2}(http:\/\/127\.0\.0\.1:\d+\/)$/);
    expect(await listed(url)).toEqual(captures.map(({ id }) => id).reverse());
    running.signal();
    const { exit, out, err } = await running.finished;
    expect({ exit, out }).toEqual({ exit: 0, out: '' });
    expect(err).toBe(`Inspector  ${url}\nStore      ${files.folder}\nCtrl-C stops.\n`);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('tells programs where, in a line', async () => {
    const { files, captures } = await recordCalls([{}, {}]);
    const id = captures[0]?.id ?? '';
    const running = start([
      ...['inspect', id.slice(0, 12), '--json'],
      ...['--inspect-port', '0', '--store', files.folder],
    ]);
    await running.line(/"ready"/);
    running.signal();
    const { exit, out } = await running.finished;
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      schema: 1,
      type: 'ready',
      inspector: expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/\\?call=${id}$`)),
      served: 'here',
      store: files.folder,
      pid: process.pid,
    });
  });

  test.each([
    ['a capture that is none', ['zzzzzz'], 1, 'no_such_capture'],
    ['a port that is none', ['--inspect-port', '70000'], 2, 'invalid_value'],
    ['two captures', ['last', 'last~1'], 2, 'usage'],
  ])('refuses %s', async (_, words, code, problem) => {
    const { files } = await recordCalls([{}]);
    const { exit, err } = await run(['inspect', ...words, '--store', files.folder]);
    expect(exit).toBe(code);
    expect(err).toContain(codeText(problem));
  });

  test('says when there is no store', async () => {
    const { exit, err } = await run(['inspect', '--store', join(temporaryFolder(), 'none')]);
    expect(exit).toBe(3);
    expect(err).toContain('explain store_missing');
  });

  test('says when the port that it was asked for is taken', async () => {
    const { files } = await recordCalls([{}]);
    const port = String(await takePort());
    const { exit, err } = await run([
      ...['inspect', '--inspect-port', port, '--store', files.folder],
    ]);
    expect(exit).toBe(3);
    expect(err).toContain(`Port ${port} is already in use.`);
    expect(err).toMatch(/Try: --inspect-port \d+/);
  });

  test('takes a free port when the usual one is taken, and says so', async () => {
    await takePort(4401);
    const { files } = await recordCalls([{}]);
    const running = start(['inspect', '--store', files.folder]);
    const [, url = ''] = await running.line(/Inspector {2}(http:\/\/127\.0\.0\.1:\d+)\/$/);
    running.signal();
    expect((await running.finished).err).toContain(
      `warning  Port 4401 is already in use, so the inspector is on ${url}\n`,
    );
  });

  test('names the page of the listener that runs, rather than serve another', async () => {
    const listener = await startListener(['--json'], { inspect: true });
    const { inspector } = JSON.parse((await listener.line(/.*"ready".*/))[0]) as {
      inspector: string;
    };
    await call(listener.url, { headers: formHeaders, body: 'data=' });
    const [id] = await listed(inspector);
    const { exit, err } = await run(['inspect', 'last', '--store', listener.store]);
    expect(exit).toBe(0);
    expect(err).toContain(`Inspector  ${inspector}/?call=${id}\n`);
    expect(err).toContain('netcore-hook listen');
    // Unless it is wanted at a port of its own.
    const words = ['inspect', '--inspect-port', '0', '--store', listener.store];
    const another = start(words);
    const [, url = ''] = await another.line(/Inspector {2}(http:\S+)/);
    expect(new URL(url).origin).not.toBe(inspector);
    another.signal();
    await another.finished;
  });
});

test('inspect serves a page of its own when that of the listener does not answer', async () => {
  const { files } = await recordCalls([{}]);
  const gone = await nobodyThere();
  await announceListener(
    files.folder,
    {
      pid: process.pid,
      url: 'http://127.0.0.1:4400/',
      started: 0,
      health: null,
      inspector: gone.origin,
    },
    processHost(),
  );
  const running = start(['inspect', '--store', files.folder]);
  const [, url = ''] = await running.line(/Inspector {2}(http:\S+)\/$/);
  expect(url).not.toBe(gone.origin);
  expect(await listed(url)).toHaveLength(1);
  running.signal();
  await running.finished;
});

describe('the inspector of a listener', () => {
  test('is said where the listener is, and found in its store', async () => {
    const file = join(temporaryFolder(), 'ready.json');
    const listener = await startListener(['--ready-file', file], { inspect: true });
    const [, url = ''] = await listener.line(/Inspector {2}(http:\/\/127\.0\.0\.1:\d+)$/);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ inspector: url });
    expect(await findListeners(listener.store, processHost())).toMatchObject([{ inspector: url }]);
    const status = await run(['status', '--store', listener.store]);
    expect(status.out).toContain(`Inspector  ${url}\n`);
    await call(listener.url, { headers: formHeaders, body: 'data=' });
    expect(await listed(url)).toHaveLength(1);
    expect((await listener.stop()).exit).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('is not there when it is not wanted', async () => {
    const listener = await startListener(['--json']);
    expect((await listener.stop()).out).not.toContain('inspector');
    expect(await findListeners(listener.store, processHost())).toEqual([]);
    const both = await run(['listen', '--no-inspect', '--inspect-port', '4401']);
    expect(both.exit).toBe(2);
  });

  test('sends samples to it as somebody who may log in, also after a password has changed', async () => {
    const logins = join(temporaryFolder(), 'logins');
    writeFileSync(logins, 'netcore:first', { mode: 0o600 });
    const listener = await startListener(['--auth', `@${logins}`], { inspect: true });
    const [, url = ''] = await listener.line(/Inspector {2}(http:\S+)/);
    const sample = { channel: 'email', activity: 'click' };
    expect(await post(url, '/api/send', sample)).toMatchObject({ status: 200 });
    writeFileSync(logins, 'netcore:second');
    listener.reload();
    await listener.line(/Read credentials and certificate again/);
    expect(await post(url, '/api/send', sample)).toMatchObject({ status: 200 });
    // What was recorded cannot come again.
    const loop = await post(url, '/api/captures/last/replay', { to: listener.url });
    expect(loop).toMatchObject({ problem: { code: 'replay_loop' } });
  });

  test('stops the listener when the port that it was asked for is taken', async () => {
    const port = String(await takePort());
    const words = ['listen', '--port', '0', '--inspect-port', port, '--store', temporaryFolder()];
    const { exit, err } = await run(words);
    expect(exit).toBe(3);
    expect(err).toContain(`Port ${port} is already in use.`);
  });
});

describe('--open', () => {
  /** A program of this name that keeps what it was given, the only one there is. */
  function only(name: string, exit = 0): () => string {
    const folder = temporaryFolder();
    const said = join(folder, 'said');
    writeFileSync(join(folder, name), `#!/bin/sh\necho "$@" > ${said}\nexit ${exit}\n`);
    chmodSync(join(folder, name), 0o755);
    const before = process.env.PATH;
    process.env.PATH = folder;
    onTestFinished(() => {
      process.env.PATH = before;
    });
    return () => readFileSync(said, 'utf8').trim();
  }

  test.each<[NodeJS.Platform, string, string]>([
    ['linux', 'xdg-open', ''],
    ['darwin', 'open', ''],
    ['win32', 'rundll32', 'url.dll,FileProtocolHandler '],
  ])('opens the page on %s by %s', async (platform, program, words) => {
    const said = only(program);
    const url = 'http://127.0.0.1:4401/?call=1pc5skpej8abcdef&channel=a%26b';
    expect(await openBrowser(url, platform)).toBeUndefined();
    expect(said()).toBe(`${words}${url}`);
  });

  test('says when nothing opens it, and goes on', async () => {
    only('something-else');
    const { files } = await recordCalls([{}]);
    const words = ['inspect', '--open', '--inspect-port', '0', '--store', files.folder];
    const running = start(words);
    const [line] = await running.line(/^warning {2}.*/);
    expect(line).toMatch(
      /Cannot open a browser: xdg-open cannot be started \(it does not exist\)\. Open http:\S+ yourself\./,
    );
    running.signal();
    expect((await running.finished).exit).toBe(0);
    only('xdg-open', 3);
    expect(await openBrowser('http://127.0.0.1:4401/', 'linux')).toBe('xdg-open found no browser');
  });
});
