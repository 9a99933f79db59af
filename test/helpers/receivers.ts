import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { credentials } from './check-endpoint.js';
import { needPrograms } from './programs.js';
import { until } from './until.js';

/** The frameworks whose receivers are really run. */
export type RunFramework = 'express' | 'fastify' | 'flask' | 'django' | 'php' | 'go' | 'nginx';
/** Of this one there is a bad receiver only. */
type BadFramework = 'fastapi';

export function receiverFile(framework: RunFramework | BadFramework, file: string): string {
  return fileURLToPath(new URL(`../receivers/${framework}/${file}`, import.meta.url));
}

/** Starts a receiver on a free port of this machine. It ends with the test. */
export async function startReceiver(
  framework: RunFramework | BadFramework,
  flaw: string | undefined,
): Promise<URL> {
  const kind = flaw === undefined ? 'mended' : 'bad';
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-receiver-'));
  // Where nginx is started by root, its workers are somebody else.
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [program, ...words] = await commandOf(framework, kind, port, folder);
  if (program === undefined) throw new Error(`There is no program for ${framework}.`);
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
    env: {
      ...process.env,
      PORT: String(port),
      FLAW: flaw ?? '',
      HOOK_USER: credentials.user,
      HOOK_PASSWORD: credentials.password,
      HOOK_SPOOL: join(folder, 'events.jsonl'),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let failed: Error | undefined;
  child.once('error', (error) => {
    failed = error;
  });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await until(async () => {
    if (failed) throw new Error(`${program} cannot be started: ${failed.message}`);
    if (child.exitCode !== null)
      throw new Error(`The ${kind} ${framework} receiver ended: ${said}`);
    return accepts(port);
  }, `the ${kind} ${framework} receiver listens`);
  return new URL(`http://127.0.0.1:${port}/hook`);
}

async function commandOf(
  framework: RunFramework | BadFramework,
  kind: 'mended' | 'bad',
  port: number,
  folder: string,
): Promise<readonly string[]> {
  switch (framework) {
    case 'express':
    case 'fastify':
      return [process.execPath, receiverFile(framework, `${kind}.js`)];
    case 'fastapi': {
      const [python] = needPrograms('fastapi', 'uvicorn');
      return [python, receiverFile(framework, `${kind}.py`)];
    }
    case 'flask':
    case 'django': {
      const [python] = needPrograms(framework);
      return [python, receiverFile(framework, `${kind}.py`)];
    }
    case 'php': {
      const [php] = needPrograms('php');
      const ini =
        kind === 'mended'
          ? ['-c', receiverFile('php', 'php.ini')]
          : ['-n', '-d', 'display_errors=0'];
      return [php, ...ini, '-S', `127.0.0.1:${port}`, receiverFile('php', `${kind}.php`)];
    }
    case 'go': {
      const [go] = needPrograms('go');
      const program = join(folder, kind);
      const built = spawnSync(go, ['build', '-o', program, receiverFile('go', `${kind}.go`)], {
        encoding: 'utf8',
        cwd: folder,
        env: { ...process.env, GOFLAGS: '-mod=mod', GO111MODULE: 'off', GOTOOLCHAIN: 'local' },
      });
      if (built.status !== 0) throw new Error(built.stderr);
      return [program];
    }
    case 'nginx': {
      const [nginx] = needPrograms('nginx');
      const behind = await startReceiver('express', undefined);
      const text = readFileSync(receiverFile('nginx', `${kind}.conf`), 'utf8')
        .replaceAll('127.0.0.1:3000', behind.host)
        .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
      writeFileSync(join(folder, 'nginx.conf'), text);
      return [nginx, '-e', 'stderr', '-p', folder, '-c', 'nginx.conf'];
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
