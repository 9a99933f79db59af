import { execFileSync, spawnSync } from 'node:child_process';
import { openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { basic, call, formHeaders } from '../helpers/http.js';
import { comparedWith, startLoad } from '../helpers/load.js';
import { binary, runTool, spawnListener } from '../helpers/process.js';
import { needPrograms } from '../helpers/programs.js';
import { openConnection, type RawConnection } from '../helpers/raw-connection.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

const half = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6\r\n\r\ndat';

async function bodies(store: string): Promise<string[]> {
  const { out } = await runTool(['history', 'export', '--store', store]);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => Buffer.from((JSON.parse(line) as { body: string }).body, 'base64').toString());
}

describe('a connection', () => {
  const whole = `${half}a=1`;
  const answersOn = async (connection: RawConnection, count: number) => {
    await until(
      () => connection.received().match(/HTTP\/1\.1 200 OK/g)?.length === count,
      'it is answered',
    );
  };

  test('is kept after an answer for longer than one on which nothing comes', async () => {
    const listener = await spawnListener();
    const kept = await openConnection(listener.url);
    kept.write(whole);
    await answersOn(kept, 1);
    expect(kept.received()).toContain('Keep-Alive: timeout=75\r\n');
    // Twice as long as a connection is kept before the first byte.
    for (let count = 0; count < 2; count += 1) await (await openConnection(listener.url)).closed;
    kept.write(whole);
    await answersOn(kept, 2);
  });

  test('is kept for as long as --keep-alive says', async () => {
    const listener = await spawnListener(['--keep-alive', '1s']);
    const connection = await openConnection(listener.url);
    connection.write(whole);
    await connection.closed;
    expect(connection.received()).toContain('Keep-Alive: timeout=1\r\n');
  });

  test('is kept after a refusal, too, since a load balancer sends calls of many clients on it', async () => {
    const listener = await spawnListener(['--auth', 'netcore:secret']);
    const connection = await openConnection(listener.url);
    connection.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await until(() => connection.received().includes('401 Unauthorized'), 'it is refused');
    expect(connection.received()).toContain('Keep-Alive: timeout=75\r\n');
  });
});

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s finishes the call under way, takes no other, and exits 0',
    async (signal) => {
      const listener = await spawnListener();
      const idle = await openConnection(listener.url);
      const busy = await openConnection(listener.url);
      busy.write(half);
      // An answer on the same connection order says that the half call has arrived, too.
      await call(listener.url, { body: 'data=0' });
      process.kill(listener.pid, signal);
      await idle.closed;
      await expect(openConnection(listener.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      busy.write('a=1');
      await busy.closed;
      expect(busy.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n/);
      expect(await listener.ended).toBe(0);
      expect(await bodies(listener.store)).toEqual(['data=0', 'data=1']);
    },
  );

  test('that comes twice ends it at once, whoever hangs', async () => {
    const listener = await spawnListener();
    const idle = await openConnection(listener.url);
    const hanging = await openConnection(listener.url);
    hanging.write(half);
    await call(listener.url, { body: 'data=0' });
    process.kill(listener.pid, 'SIGINT');
    await idle.closed;
    const begun = performance.now();
    process.kill(listener.pid, 'SIGINT');
    expect(await listener.ended).toBe('SIGINT');
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(await bodies(listener.store)).toEqual(['data=0']);
  });

  test('does not wait longer than ten seconds for a client that hangs', async () => {
    const listener = await spawnListener(['--delay', '1h']);
    const hanging = await openConnection(listener.url);
    hanging.write(half);
    const begun = performance.now();
    process.kill(listener.pid, 'SIGTERM');
    expect(await listener.ended).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('SIGHUP reads the passwords again while calls come, and none is refused', async () => {
    const file = join(temporaryFolder(), 'credentials');
    writeFileSync(file, 'netcore:old\n', { mode: 0o600 });
    const listener = await spawnListener(['--auth', `@${file}`]);
    const post = (password: string) =>
      call(listener.url, {
        headers: { Authorization: basic('netcore', password) },
        body: 'data=1',
      });
    writeFileSync(file, 'netcore:old\nnetcore:new\n');
    process.kill(listener.pid, 'SIGHUP');
    while ((await post('new')).status !== 200) expect((await post('old')).status).toBe(200);
    expect((await post('old')).status).toBe(200);
  });
});

describe('output', () => {
  test('that goes away ends nothing: calls are taken as before', async () => {
    const listener = await spawnListener(['--json']);
    listener.process.stdout?.destroy();
    for (let count = 0; count < 20; count += 1) {
      expect((await call(listener.url, { body: `data=${count}` })).status).toBe(200);
    }
    process.kill(listener.pid, 'SIGTERM');
    expect(await listener.ended).toBe(0);
    expect((await bodies(listener.store)).length).toBe(20);
    expect(listener.err()).not.toContain('EPIPE');
  });

  test('of a history that is read by head ends quietly', async () => {
    const [bash] = needPrograms('bash');
    const listener = await spawnListener();
    for (let count = 0; count < 50; count += 1) await call(listener.url, { body: `data=${count}` });
    const { stdout, stderr, status } = spawnSync(
      bash,
      [
        '-c',
        `set -o pipefail; "$@" | head -1`,
        'bash',
        ...[
          process.execPath,
          binary,
          'history',
          'list',
          '--limit',
          '50',
          '--store',
          listener.store,
        ],
      ],
      { encoding: 'utf8' },
    );
    expect({ stderr, status, lines: stdout.split('\n').length }).toEqual({
      stderr: '',
      status: 0,
      lines: 2,
    });
  });

  test('on a full device stops no call, and is told by the exit code', async () => {
    const listener = await spawnListener(['--json'], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    for (const body of ['data=1', 'data=2']) {
      expect((await call(listener.url, { body })).status).toBe(200);
    }
    process.kill(listener.pid, 'SIGTERM');
    expect(await listener.ended).toBe(3);
    expect(listener.err()).toContain('output_failed');
    expect(await bodies(listener.store)).toEqual(['data=1', 'data=2']);
  });

  test('on a terminal that is held takes no call’s time, and does not keep it from ending', async () => {
    const [python] = needPrograms('python3');
    // A terminal that nobody reads, as after Ctrl-S.
    const terminal =
      'import os,pty,sys;p,f=pty.fork();p or os.execv(sys.argv[1],sys.argv[1:]);s=os.waitpid(p,0)[1];os._exit(os.waitstatus_to_exitcode(s))';
    const listener = await spawnListener(['-v'], { through: [python, '-c', terminal] });
    const events = Array.from({ length: 500 }, () => ({ channel: 'sms', event: 'click' }));
    const body = `data=${encodeURIComponent(JSON.stringify({ netcore_hook_test: events }))}`;
    for (let count = 0; count < 20; count += 1) {
      expect((await call(listener.url, { headers: formHeaders, body })).status).toBe(200);
    }
    process.kill(listener.listener, 'SIGTERM');
    expect(await listener.ended).toBe(0);
    expect((await bodies(listener.store)).length).toBe(20);
  });
});

test('a terminal that is closed stops the listener in it, as SIGTERM does', async () => {
  const [python] = needPrograms('python3');
  const closing =
    'import os,pty,sys;p,f=pty.fork();p or os.execv(sys.argv[1],sys.argv[1:]);sys.stdin.read(1)';
  const listener = await spawnListener([], {
    through: [python, '-c', closing],
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await call(listener.url, { body: 'data=1' });
  listener.process.stdin?.end();
  await listener.ended;
  // Its note in the store goes last.
  await until(
    () => readdirSync(join(listener.store, 'listeners')).length === 0,
    'its note is gone',
  );
  expect(await bodies(listener.store)).toEqual(['data=1']);
});

describe('a listener that is killed', () => {
  test('has lost none of the calls that it answered 200, and comes back at once', async () => {
    const store = join(temporaryFolder(), 'store');
    const acknowledged: string[] = [];
    for (const count of [200, 500]) {
      const listener = await spawnListener([], { store });
      const load = startLoad(listener.url, { clients: 8 });
      await load.reached(count);
      process.kill(listener.pid, 'SIGKILL');
      await load.stop();
      acknowledged.push(...load.acknowledged);
    }
    const begun = performance.now();
    const again = await spawnListener([], { store });
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await comparedWith(store, acknowledged)).toEqual({ lost: 0, twice: 0 });
    expect((await call(again.url, { body: 'data=1' })).status).toBe(200);
  });
});

describe('a socket that is handed over', () => {
  // Holds a socket and restarts what takes calls from it, as systemd does.
  const supervisor = `import os,socket,subprocess,sys
held=socket.create_server(('127.0.0.1',0),backlog=512)
os.dup2(held.fileno(),3)
while subprocess.call(sys.argv[1:],pass_fds=[3])==0: pass`;

  test('outlives restarts: no call is answered anything but 200', async () => {
    const [python] = needPrograms('python3');
    const listener = await spawnListener(['--listen-fd', '3'], {
      through: [python, '-c', supervisor],
    });
    const load = startLoad(listener.url, { clients: 8 });
    let pid = listener.listener;
    for (let restart = 1; restart <= 3; restart += 1) {
      await load.reached(restart * 200);
      process.kill(pid, 'SIGTERM');
      pid = await listener.successor();
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(await comparedWith(listener.store, load.acknowledged)).toEqual({ lost: 0, twice: 0 });
  });

  test('is refused when it is none', async () => {
    const { exit, err } = await runTool([
      ...[
        'listen',
        '--listen-fd',
        '1',
        '--no-inspect',
        '--store',
        join(temporaryFolder(), 'store'),
      ],
    ]);
    expect(exit).toBe(3);
    expect(err).toContain('File descriptor 1 is not an inherited listening TCP socket');
  });
});

describe('too few file handles', () => {
  test('turn some clients away, and calls are taken again when there are enough', async () => {
    const listener = await spawnListener([], {
      through: ['sh', '-c', 'ulimit -n 60; exec "$@"', 'sh'],
    });
    const connections = await Promise.all(
      Array.from({ length: 100 }, () => openConnection(listener.url).catch(() => undefined)),
    );
    for (const connection of connections) connection?.end();
    const begun = performance.now();
    for (;;) {
      const answer = await call(listener.url, { body: 'data=1' }).catch(() => undefined);
      if (answer?.status === 200) break;
      expect(performance.now() - begun).toBeLessThan(2_000);
    }
  });
});

describe('real clients', () => {
  const payload = readFileSync(
    new URL('../fixtures/vendor-page/whatsapp-click.json', import.meta.url),
    'utf8',
  ).replace(/[^\x20-\x7e\n]/g, '');

  test.each([
    ['curl', ['-sS', '-u', 'netcore:secret', '--data-urlencode', `data=${payload}`]],
    [
      'python3',
      [
        '-c',
        `import sys,urllib.parse,urllib.request,base64
body=urllib.parse.urlencode({'data': sys.argv[1]}).encode()
request=urllib.request.Request(sys.argv[2], data=body)
request.add_header('Authorization','Basic '+base64.b64encode(b'netcore:secret').decode())
print(urllib.request.urlopen(request).read().decode(), end='')`,
        payload,
      ],
    ],
    [
      'php',
      [
        '-r',
        `$body = http_build_query(['data' => $argv[1]]);
echo file_get_contents($argv[2], false, stream_context_create(['http' => ['method' => 'POST', 'content' => $body,
 'header' => "Content-Type: application/x-www-form-urlencoded\\r\\nAuthorization: Basic " . base64_encode('netcore:secret')]]));`,
        payload,
      ],
    ],
  ] as const)('%s: answered OK, and decoded to what it sent', async (client, words) => {
    const [program] = needPrograms(client);
    const listener = await spawnListener(['--auth', 'netcore:secret']);
    const answer = execFileSync(program, [...words, listener.url], { encoding: 'utf8' });
    expect(answer).toBe('OK\n');
    const [body = ''] = await bodies(listener.store);
    expect(new URLSearchParams(body).get('data')).toBe(payload);
    const { out } = await runTool(['decode', body]);
    expect(JSON.parse(out)).toEqual(JSON.parse(payload));
  });

  test('curl with any bytes at all: kept byte for byte', async () => {
    const [curl] = needPrograms('curl');
    const listener = await spawnListener();
    const file = join(temporaryFolder(), 'body');
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256));
    writeFileSync(file, bytes);
    execFileSync(curl, ['-sS', '--data-binary', `@${file}`, listener.url]);
    const kept = execFileSync(process.execPath, [
      binary,
      ...['history', 'show', 'last', '--body', '--store', listener.store],
    ]);
    expect(kept.equals(bytes)).toBe(true);
  });
});
