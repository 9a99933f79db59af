import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEchoFilter } from '../../src/commands/test-endpoint/echo-filter.js';
import { type Running, run, start } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

interface Line {
  readonly type: string;
  readonly round?: number;
  readonly reason?: string;
  readonly files?: readonly string[];
}

describe('test-endpoint --watch', () => {
  let cwd: string;
  let running: Running | undefined;
  const write = (name: string, text = '') => writeFileSync(join(cwd, name), text);
  beforeEach(() => {
    cwd = temporaryFolder();
    running = undefined;
  });
  afterEach(async () => {
    running?.signal();
    await running?.finished;
  });

  function watch(url: URL, ...words: string[]): Running {
    running = start(['test-endpoint', url.href, '--only', 'tcp,sample', '--json', ...words], {
      cwd,
    });
    return running;
  }

  const lines = (running: Running): Line[] =>
    running
      .written()[0]
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const rounds = (running: Running) => lines(running).filter(({ type }) => type === 'round');
  /** Resolves once a round is over, and the next one is awaited. */
  const idle = (running: Running, round: number) =>
    running.line(/"type":"watching".*/).then(async () => {
      for (;;) {
        const over = lines(running).filter(({ type }) => type === 'watching').length;
        if (over >= round) return;
        await new Promise(setImmediate);
      }
    });

  const answering =
    (status: () => number): RequestListener =>
    (request, response) => {
      request.resume().on('end', () => response.writeHead(status()).end());
    };

  test('runs again when a file changes, and says what was mended and what is new', async () => {
    let status = 500;
    const url = await serve(answering(() => status));
    const watched = watch(url, '--watch');
    await idle(watched, 1);
    status = 404;
    write('app.js');
    await idle(watched, 2);
    expect(rounds(watched).at(-1)).toMatchObject({ round: 2, reason: 'change', files: ['app.js'] });
    const changes = () => lines(watched).filter(({ type }) => type === 'changes');
    expect(changes().at(-1)).toMatchObject({
      mended: [{ check: 'sample', code: 'server_failed' }],
      added: [{ check: 'sample', code: 'not_found' }],
      remaining: [],
    });
    status = 200;
    write('app.js', 'mended');
    await idle(watched, 3);
    expect(changes().at(-1)).toMatchObject({
      mended: [{ check: 'sample', code: 'not_found' }],
      added: [],
      remaining: [],
    });
    watched.signal();
    expect((await watched.finished).exit).toBe(0);
  });

  test.each<[string, (write: (name: string, text: string) => void) => void]>([
    ['writes it', (write) => write('src/app.js', 'new')],
    [
      'writes another and renames it',
      (write) => {
        write('src/.app.js.swp', 'new');
        write('src/app.js.new', 'new');
        renameSync(join(cwd, 'src/app.js.new'), join(cwd, 'src/app.js'));
      },
    ],
    [
      'removes it, and writes it anew',
      (write) => {
        rmSync(join(cwd, 'src/app.js'));
        write('src/app.js', 'new');
      },
    ],
  ])('notices a file every time that an editor %s', async (_what, save) => {
    mkdirSync(join(cwd, 'src'));
    write('src/app.js');
    const url = await serve(answering(() => 200));
    const watched = watch(url, '--watch', 'src/app.js');
    await idle(watched, 1);
    for (const round of [2, 3]) {
      save(write);
      await idle(watched, round);
      expect(rounds(watched).at(-1)?.files).toEqual(['src/app.js']);
    }
  });

  test('watches folders that appear, and neither packages, version control nor its own output', async () => {
    mkdirSync(join(cwd, 'node_modules'));
    mkdirSync(join(cwd, '.git'));
    const url = await serve(answering(() => 500));
    const words = ['--report', 'ready.html', '--save-failures', 'failures', '--store', 'captures'];
    mkdirSync(join(cwd, 'captures'));
    const watched = watch(url, ...words, '--watch');
    await idle(watched, 1);
    mkdirSync(join(cwd, 'src/deep'), { recursive: true });
    await idle(watched, 2);
    for (const name of ['node_modules/a.js', '.git/index', 'captures/x', 'server.log', 'app.js~']) {
      write(name);
    }
    write('src/deep/app.js');
    await idle(watched, 3);
    expect(rounds(watched).at(-1)?.files).toEqual(['src/deep/app.js']);
    // A folder that another one replaced.
    rmSync(join(cwd, 'src'), { recursive: true });
    mkdirSync(join(cwd, 'src'));
    await idle(watched, 4);
    write('src/new.js');
    await idle(watched, 5);
    expect(rounds(watched).at(-1)?.files).toEqual(['src/new.js']);
  });

  test('ignores what the endpoint writes during each run, and says so once', async () => {
    let calls = 0;
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        calls += 1;
        write('data.json', String(calls));
        response.end();
      });
    });
    const watched = watch(url, '--watch');
    await watched.line(/"type":"warning".*"change_ignored".*data\.json changes with each run/);
    await idle(watched, 3);
    write('app.js');
    await idle(watched, 4);
    expect(rounds(watched).map(({ files }) => files)).toEqual([
      ...[[], ['data.json'], ['data.json'], ['app.js']],
    ]);
    expect(watched.written()[1].match(/change_ignored/g)).toHaveLength(1);
  });

  test('judges changes by the rounds that they come with', () => {
    let now = 0;
    const ignored: string[] = [];
    const echoes = createEchoFilter(
      () => now,
      (path) => ignored.push(path),
    );
    const round = (...changes: string[]) => {
      echoes.begin();
      const counted = changes.map((path) => echoes.counts(path));
      echoes.end();
      return counted;
    };
    expect(round('data.json', 'app.js')).toEqual([true, true]);
    expect(round('data.json', 'app.js')).toEqual([true, true]);
    expect(round('data.json')).toEqual([false]);
    // The endpoint still works on its calls.
    now += 250;
    expect(echoes.counts('data.json')).toBe(false);
    now += 100;
    expect(echoes.counts('data.json')).toBe(true);
    expect(round('app.js', 'data.json')).toEqual([true, false]);
    expect(ignored).toEqual(['data.json']);
  });

  test('runs when the endpoint comes up, and waits for one that restarts', async () => {
    const gone = await nobodyThere();
    const watched = watch(gone, '--watch');
    await idle(watched, 1);
    expect(lines(watched).at(-1)).toMatchObject({ type: 'watching', down: true });
    const first = await listenAt(gone);
    await idle(watched, 2);
    expect(rounds(watched).at(-1)).toMatchObject({ round: 2, reason: 'back' });
    await close(first);
    write('app.js');
    await watched.line(/"type":"restart"/);
    expect(rounds(watched)).toHaveLength(2);
    const second = await listenAt(gone);
    await idle(watched, 3);
    expect(
      lines(watched)
        .filter(({ type }) => type === 'verdict')
        .at(-1),
    ).toMatchObject({
      verdict: 'ready',
    });
    await close(second);
  });

  async function listenAt({ port }: URL): Promise<Server> {
    const server = createServer(answering(() => 200));
    await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
    expect((server.address() as AddressInfo).port).toBe(Number(port));
    return server;
  }

  async function close(server: Server): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  test('does not test an endpoint forever that a call stops and a supervisor starts', async () => {
    const gone = await nobodyThere();
    const revive = async () => {
      const server = createServer((request, response) => {
        if (request.headers['content-length'] === '0') return response.end();
        server.closeAllConnections();
        return server.close();
      });
      await new Promise<void>((resolve) => server.listen(Number(gone.port), '127.0.0.1', resolve));
      return server;
    };
    await revive();
    const watched = watch(gone, '--watch', '--only', 'http,sample');
    await idle(watched, 1);
    expect(lines(watched).at(-1)).toMatchObject({ type: 'watching', down: true });
    await revive();
    await idle(watched, 2);
    expect(rounds(watched).at(-1)).toMatchObject({ reason: 'back' });
    expect(lines(watched).at(-1)).toMatchObject({ type: 'watching', down: false });
    const last = await revive();
    watched.signal();
    expect((await watched.finished).exit).toBe(1);
    await close(last);
  });

  test('runs again on Enter, shows rounds as text, and stops with the code of the last run', async () => {
    let status = 200;
    const url = await serve(answering(() => status));
    const words = ['test-endpoint', url.href, '--only', 'sample', '--watch', '.'];
    const watched = start(words, { cwd, terminal: true, columns: 80 });
    running = watched;
    await watched.line(/The next run starts with a change in this folder or Enter\./);
    status = 500;
    watched.type('\n');
    await watched.line(/^Run 2 {2}\d\d:\d\d:\d\d, Enter/);
    await watched.line(/^New {5}sample \(server_failed\)/);
    status = 200;
    watched.type('\n');
    await watched.line(/^Run 3 {2}/);
    await watched.line(/^Mended {2}sample \(server_failed\)/);
    await watched.line(/^Mended/);
    watched.signal();
    const { err } = await watched.finished;
    expect(err.match(/Testing/g)).toHaveLength(1);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stopped by %s during a run ends with %i', async (signal, code) => {
    const url = await serve((request) => {
      request.resume().on('end', () => running?.signal(signal));
    });
    expect((await watch(url, '--watch').finished).exit).toBe(code);
  });

  test('stops between runs with 1 when the last one failed', async () => {
    const url = await serve(answering(() => 500));
    const watched = watch(url, '--watch');
    await idle(watched, 1);
    watched.signal('SIGTERM');
    expect((await watched.finished).exit).toBe(1);
  });

  test.each([
    ['a missing path', ['--watch', 'missing'], 3, 'Cannot watch'],
    ['a soak', ['--soak', '1h', '--watch'], 2, '--watch cannot run with --soak'],
  ])('refuses %s before it sends anything', async (_what, words, code, text) => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.end();
    });
    const { exit, err } = await run(['test-endpoint', url.href, ...words], { cwd });
    expect(exit).toBe(code);
    expect(err).toContain(text);
    expect(calls).toBe(0);
  });

  test('says where the URL belongs when it was taken for a path', async () => {
    const { exit, err } = await run(['test-endpoint', '--watch', ':3000/hook'], { cwd });
    expect(exit).toBe(2);
    expect(err).toContain('Put the URL first');
  });
});
