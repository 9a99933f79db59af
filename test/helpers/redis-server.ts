import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificates.js';
import { needPrograms } from './programs.js';
import { temporaryFolder } from './temporary-folder.js';

/** A Redis server of the test's own, on loopback, that keeps an append-only file. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** A plain connection, for what only a test asks of a server. */
  readonly client: Redis;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Starts it again after a kill, with the same port and folder. */
  restart(): Promise<void>;
  /** Stops the process without ending it: it takes connections and answers nothing. */
  freeze(): void;
  thaw(): void;
}

export interface RedisServerOptions {
  /** Settings, as they stand in redis.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly password?: string;
  /** A free one by default. */
  readonly port?: number;
  readonly tls?: Certificate;
}

/** It ends with the test. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const [program] = needPrograms('redis-server');
  const { settings = {}, password, tls, port = await freePort() } = options;
  const folder = temporaryFolder();
  const lines = Object.entries({
    bind: '127.0.0.1',
    port: tls ? '0' : String(port),
    dir: folder,
    save: '""',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
    ...(password !== undefined && { requirepass: password }),
    ...(tls && tlsSettings(folder, port, tls)),
    ...settings,
  }).map(([name, value]) => `${name} ${value}`);
  const file = join(folder, 'redis.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);

  let server = await run(program, file);
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: () => 20,
    ...(password !== undefined && { password }),
    ...(tls && { tls: { ca: tls.cert } }),
  }).on('error', () => {});
  onTestFinished(async () => {
    client.disconnect();
    await end(server);
  });
  return {
    url: `${tls ? 'rediss' : 'redis'}://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    port,
    client,
    kill: () => end(server),
    async restart() {
      server = await run(program, file);
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
  };
}

function tlsSettings(folder: string, port: number, { cert, key }: Certificate) {
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
  return {
    'tls-port': String(port),
    'tls-cert-file': join(folder, 'cert.pem'),
    'tls-key-file': join(folder, 'key.pem'),
    'tls-ca-cert-file': join(folder, 'cert.pem'),
    'tls-auth-clients': 'no',
  };
}

/** Resolves when it takes connections. */
function run(program: string, file: string): Promise<ChildProcess> {
  const server = spawn(program, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('Ready to accept connections')) resolve(server);
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await ended;
}

/** A port of loopback that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
