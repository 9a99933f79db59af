import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/list.js';
import { tokenHeader, tokenMeta } from '../../src/inspector/api.js';
import { startRedis } from '../helpers/redis-server.js';

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly hasInstallScript?: boolean }>
  >;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
};

/** What each command is run with; those that run until they are stopped stand in `servers`. */
const lines: Readonly<Record<string, readonly string[]>> = {
  simulate: ['--to', 'URL', '--contacts', '3'],
  reconcile: ['--expect', 'report.csv', '--dry-run'],
  send: ['-c', 'rcs'],
  replay: ['last', '--print', 'curl'],
  history: [],
  decode: ['data=%7B%22shop%22%3A%5B%5D%7D'],
  encode: ['payload.json'],
  samples: [],
  init: ['go', 'receiver'],
  'test-endpoint': ['URL', '--auth', 'netcore:secret'],
  queue: [],
  status: [],
  config: [],
  explain: ['port_in_use'],
  completion: ['bash'],
};
const servers: Readonly<Record<string, readonly string[]>> = {
  listen: ['--port', '0'],
  inspect: ['--inspect-port', '0'],
};

// Only an installed package can show that nothing is missing from it, and that it needs nothing
// that is not declared.
describe('the package, installed in an empty folder', () => {
  let folder: string;
  let packed: { filename: string; files: { path: string }[]; size: number };
  const installed = (path: string) => join(folder, 'node_modules', path);
  const binary = () => installed('.bin/netcore-hook');
  const run = (...words: string[]) =>
    execFileSync(binary(), words, { encoding: 'utf8', cwd: folder, stdio: 'pipe' });

  /** Starts the tool, and resolves to its ready line and to what stops it. */
  const serve = async (...words: string[]) => {
    const child = spawn(binary(), words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const first = new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
    });
    const [line = ''] = (await Promise.race([first, ended.then(() => err)])).split('\n');
    expect(line, err).toContain('"ready"');
    const stop = async () => {
      child.kill('SIGINT');
      expect(await ended, err).toBe(0);
    };
    const { url, inspector } = JSON.parse(line) as { url?: string; inspector?: string };
    return { url: url ?? inspector ?? '', stop };
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netcore-hook-package-'));
    [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    writeFileSync(join(folder, 'payload.json'), '{ "shop": [] }');
    writeFileSync(join(folder, 'report.csv'), 'email,msgid,activity\nasha@example.com,546,open\n');
    const quick = ['--prefer-offline', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', '--ignore-scripts', ...quick, join(folder, packed.filename)], {
      cwd: folder,
      stdio: 'ignore',
    });
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds only what runs, and its documents', () => {
    const odd = packed.files
      .map(({ path }) => path)
      .filter(
        (path) =>
          !/^(?:bin\/|dist\/|docs\/|samples\/|starters\/|skills\/|package\.json|(?:config|journey)\.schema\.json|[A-Z]+(?:\.md)?$)/.test(
            path,
          ),
      );
    expect(odd).toEqual([]);
    expect(packed.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'dist/inspector/page.js',
        'skills/netcore-hook/SKILL.md',
        'LICENSE',
        'CHANGELOG.md',
      ]),
    );
    // With the documents, and the libraries that only some commands load.
    expect(packed.size).toBeLessThan(1.5 * 1024 * 1024);
  });

  test('brings the licences of what is bundled, the page too', () => {
    const text = readFileSync(installed('netcore-hook/dist/licenses.txt'), 'utf8');
    for (const name of ['commander', 'undici', 'bullmq', 'ioredis']) {
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
    }
    // The parser inside undici is another project's.
    expect(text).toContain('Copyright (c) Fedor Indutny, 2018');
    if (readFileSync(installed('netcore-hook/dist/inspector/page.js'), 'utf8').length > 10_000) {
      expect(text).toMatch(/^preact \d/m);
    }
  });

  test('brings libsql and zod alone, and no package that runs a script when it is installed', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['libsql', 'zod']);
    const scripts = Object.keys(manifest.scripts).filter((name) => /install$/.test(name));
    expect(scripts).toEqual([]);
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Lock;
    const locked = Object.entries(read('package-lock.json').packages).filter(([, { dev }]) => !dev);
    const there = Object.entries(read(installed('.package-lock.json')).packages);
    expect(locked.length).toBeGreaterThan(there.length);
    const running = [...locked, ...there].filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(running).toEqual([]);
  });

  test('prints its version and the help of every command', () => {
    expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const { name } of commands) expect(run(name, '--help')).toContain(`netcore-hook ${name}`);
  });

  test('runs every command', async () => {
    const store = join(folder, 'store');
    const [listen = [], inspect = []] = [servers.listen, servers.inspect];
    const listener = await serve('listen', ...listen, '--json', '--store', store);
    const ran = ['listen'];
    try {
      for (const { name } of commands.filter((command) => command.name in lines)) {
        const words = lines[name]!.map((word) => (word === 'URL' ? listener.url : word));
        expect(run(name, ...words, '--store', store), name).not.toBe('');
        ran.push(name);
      }
      // What test-endpoint sent last has no payload.
      run('send', '-c', 'email', '--to', listener.url);
      const body = run('history', 'show', 'last', '--body', '--store', store);
      expect(JSON.parse(run('decode', body))).toBeDefined();
      expect(statSync(join(store, 'captures.db')).mode & 0o777).toBe(0o600);
    } finally {
      await listener.stop();
    }
    if (commands.some(({ name }) => name === 'inspect')) {
      const inspector = await serve('inspect', ...inspect, '--json', '--store', store);
      const page = await (await fetch(inspector.url)).text();
      const decode = (text: string) =>
        fetch(new URL('/api/decode', inspector.url), {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            [tokenHeader]: new RegExp(`name="${tokenMeta}" content="(\\w+)"`).exec(page)?.[1] ?? '',
          },
          body: JSON.stringify({ text }),
        });
      const answer = await decode('data=%7B%22shop%22%3A%5B%5D%7D');
      expect(await answer.json()).toMatchObject({ payload: '{"shop":[]}' });
      // It ends at once, also while it decodes.
      decode('{"data":"data=\\"'.repeat(100_000)).catch(() => {});
      await inspector.stop();
      ran.push('inspect');
    }
    expect(ran.sort()).toEqual(commands.map(({ name }) => name).sort());
  }, 60_000);

  test('queues on Redis with what is bundled of its libraries', async () => {
    const redis = await startRedis();
    const store = join(folder, 'store-redis');
    const handler = await serve('listen', '--port', '0', '--json', '--store', `${store}-handler`);
    const forwarding = ['--forward-to', handler.url, '--queue', redis.url];
    const listener = await serve(
      ...['listen', '--port', '0', '--json', '--store', store, ...forwarding],
    );
    try {
      run('send', '-c', 'sms', '--to', listener.url, '--store', store);
      const received = () => run('history', '--json', '--store', `${store}-handler`);
      while (!received().includes('"sms"')) await new Promise(setImmediate);
      expect(run('queue', '--queue', redis.url, '--store', store)).toContain('1 delivered');
    } finally {
      await listener.stop();
      await handler.stop();
    }
  }, 60_000);

  test('is a library too, for modules of both kinds', () => {
    const face = 'console.log(Object.keys(face).join())';
    writeFileSync(join(folder, 'program.mjs'), `import * as face from 'netcore-hook'; ${face}`);
    writeFileSync(join(folder, 'program.cjs'), `const face = require('netcore-hook'); ${face}`);
    for (const program of ['program.mjs', 'program.cjs']) {
      const names = execFileSync(process.execPath, [join(folder, program)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(names.trim().split(',')).toEqual(
        expect.arrayContaining(['decode', 'encode', 'payloadSchema']),
      );
    }
    expect(existsSync(installed('netcore-hook/dist/types/index.d.ts'))).toBe(true);
  });
});
