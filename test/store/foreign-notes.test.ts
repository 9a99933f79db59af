import { chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { processHost } from '../../src/host.js';
import { defaultUrl } from '../../src/sending/default-target.js';
import { findListeners, findOwnListeners } from '../../src/store/presence.js';
import { startListener } from '../helpers/listener.js';
import { makePipe } from '../helpers/pipe.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const host = processHost();
const instance = 'a'.repeat(32);

/** A program of somebody else on loopback, which answers everything, and what it was sent. */
async function collector(headers: Record<string, string> = {}) {
  const got: string[] = [];
  const server = createServer((request, response) => {
    got.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    response.writeHead(200, headers).end('OK\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, got };
}

/** A store with a note that was committed with it. */
function foreignStore(note: object, name = '1-4400.json'): string {
  const store = temporaryFolder();
  mkdirSync(join(store, 'listeners'));
  writeFileSync(join(store, 'listeners', name), JSON.stringify(note));
  return store;
}

// Where it was written, the process lived; here, the number 1 lives, too, and the file is new.
const there = { ...host.process, host: 'elsewhere', boot: 'other', namespace: 'pid:[1]' };
const notes: [name: string, note: (url: string) => object][] = [
  ['with the number of a process alone', (url) => ({ pid: process.pid, url })],
  ['of a process of another machine', (url) => ({ pid: 1, url, process: there })],
  [
    'of this machine before its last boot',
    (url) => {
      return { pid: process.pid, url, process: { ...host.process, boot: 'other' } };
    },
  ],
  [
    'of this boot, with another start',
    (url) => {
      return { pid: process.pid, url, process: { ...host.process, started: '1' } };
    },
  ],
  [
    'without what a platform does not know',
    (url) => {
      return { pid: process.pid, url, process: { ...host.process, boot: '', started: '' } };
    },
  ],
  [
    'with a health check and a run',
    (url) => {
      const health = `${url}/_netcore-hook/health`;
      return { pid: process.pid, url, health, instance, process: there };
    },
  ],
];

describe('a note that came with a store', () => {
  test.each(notes)('draws no call and no credentials: %s', async (_, note) => {
    const { url, got } = await collector();
    const store = foreignStore({ started: 1, health: null, inspector: url, ...note(url) });
    const words = ['--store', store, '--auth', 'netcore:s3cret'];
    const { err } = await run(['send', '-c', 'email', ...words]);
    expect(err).toContain(`Sending 1 call to ${defaultUrl}`);
    const inspecting = start(['inspect', '--store', store]);
    const ended = await Promise.race([inspecting.line(/Inspector +\S+/), inspecting.finished]);
    expect(String(ended)).not.toContain(url);
    inspecting.signal();
    await inspecting.finished;
    // A health check is all that may be asked of a program on this machine.
    for (const each of got) expect(each).toBe('GET /_netcore-hook/health');
  });

  test.each([
    ['http://collector.example.com/', 'http://collector.example.com/_netcore-hook/health'],
    ['http://192.0.2.7:80/', 'http://192.0.2.7/_netcore-hook/health'],
    ['http://127.0.0.1.example.com/', 'http://127.0.0.1.example.com/_netcore-hook/health'],
  ])('leads nowhere beyond this machine: %s', async (url, health) => {
    const identity = { process: host.process, pid: process.pid };
    const store = foreignStore({ ...identity, url, health, started: 1, inspector: health });
    expect(await findOwnListeners(store, host)).toEqual([]);
    expect(await findListeners(store, host)).toMatchObject([{ health: null, inspector: null }]);
    const { out } = await run(['status', '--json', '--store', store]);
    expect(JSON.parse(out)).toMatchObject({ listeners: [{ url, health: 'unasked' }] });
  });

  test('does not choose what is requested of a program on this machine', async () => {
    const { url, got } = await collector();
    const note = { pid: process.pid, url, health: `${url}/reset`, inspector: `${url}/delete?all` };
    const store = foreignStore(note);
    await run(['status', '--store', store]);
    const inspecting = start(['inspect', '--store', store]);
    await inspecting.finished;
    expect(got).toEqual([]);
  });

  test('is no link, no pipe, and not large', async () => {
    const { url } = await collector();
    const note = { pid: process.pid, url, health: null, process: host.process };
    const store = foreignStore(note, 'note.txt');
    const folder = join(store, 'listeners');
    symlinkSync(join(folder, 'note.txt'), join(folder, '1-1.json'));
    if (process.platform !== 'win32') makePipe(join(folder, '1-2.json'));
    writeFileSync(join(folder, '1-3.json'), JSON.stringify({ ...note, more: 'x'.repeat(70_000) }));
    mkdirSync(join(folder, '1-4.json'));
    expect(await findListeners(store, host)).toEqual([]);
    writeFileSync(join(folder, '1-5.json'), JSON.stringify(note));
    expect(await findOwnListeners(store, host)).toHaveLength(1);
  });

  test.skipIf(process.geteuid?.() !== 0)('of another user draws nothing', async () => {
    const { url, got } = await collector();
    const note = { pid: process.pid, url, health: null, process: host.process };
    const store = foreignStore(note);
    chownSync(join(store, 'listeners', '1-4400.json'), 12_345, 12_345);
    await run(['send', '-c', 'email', '--store', store]);
    expect(got).toEqual([]);
  });

  test('brings no control characters to the terminal', async () => {
    const url = 'http://127.0.0.1:1/\u001b]0;title\u0007';
    const store = foreignStore({ pid: process.pid, url, process: host.process });
    for (const words of [['status'], ['send', '-c', 'email']]) {
      const { out, err } = await run([...words, '--store', store], { terminal: true });
      expect((out + err).replace(/\u001b\[[\d;?]*[A-Za-z]/g, '')).not.toMatch(/[\u001b\u0007]/);
    }
  });
});

describe('the listener of a store', () => {
  test.each([[[]], [['--no-health']], [['--allow', '127.0.0.1']], [['--auth', 'a:b']]])(
    'is found and proven: %j',
    async (words) => {
      const listener = await startListener(words);
      const own = await findOwnListeners(listener.store, host);
      expect(own).toMatchObject([{ url: listener.url }]);
    },
  );

  test('is found on an address of this machine', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const address = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
    if (!address) return;
    const words = ['--host', address.address, '--auth', 'netcore:s3cret'];
    const listener = await startListener(words);
    expect(await findOwnListeners(listener.store, host)).toMatchObject([{ url: listener.url }]);
  });

  test('in another PID namespace is proven by its answer', async () => {
    const { url, got } = await collector({ 'X-Netcore-Hook-Instance': instance });
    const health = `${url}/_netcore-hook/health`;
    const store = foreignStore({ pid: 1, url, health, instance, process: there });
    expect(await findOwnListeners(store, host)).toMatchObject([{ url }]);
    expect(got).toEqual(['GET /_netcore-hook/health']);
  });

  test('does not count when another program has its port', async () => {
    const { url } = await collector();
    const health = `${url}/_netcore-hook/health`;
    const store = foreignStore({ pid: process.pid, url, health, instance, process: host.process });
    expect(await findOwnListeners(store, host)).toEqual([]);
    expect(readdirSync(join(store, 'listeners'))).toHaveLength(1);
  });
});
