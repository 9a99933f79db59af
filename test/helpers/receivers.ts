import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { needPrograms } from './programs.js';

/** The frameworks of receivers that fail at an event. */
export type FailingFramework = 'express' | 'django' | 'fastapi' | 'php' | 'go';

function receiverFile(framework: FailingFramework, file: string): string {
  return fileURLToPath(new URL(`../receivers/${framework}/${file}`, import.meta.url));
}

/** Starts a receiver with a flaw on a free port of this machine. It ends with the test. */
export async function startReceiver(framework: FailingFramework, flaw: string): Promise<URL> {
  const port = await freePort();
  const folder = programFolder();
  await startProgram(commandOf(framework, port, folder), {
    cwd: folder,
    port,
    env: { FLAW: flaw, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return new URL(`http://127.0.0.1:${port}/hook`);
}

function commandOf(framework: FailingFramework, port: number, folder: string): readonly string[] {
  switch (framework) {
    case 'express':
      return [process.execPath, receiverFile(framework, 'bad.js')];
    case 'fastapi': {
      const [python] = needPrograms('fastapi', 'uvicorn');
      return [python, receiverFile(framework, 'bad.py')];
    }
    case 'django': {
      const [python] = needPrograms(framework);
      return [python, receiverFile(framework, 'bad.py')];
    }
    case 'php': {
      const [php] = needPrograms('php');
      const address = `127.0.0.1:${port}`;
      return [php, '-n', '-d', 'display_errors=0', '-S', address, receiverFile('php', 'bad.php')];
    }
    case 'go': {
      const [go] = needPrograms('go');
      const program = join(folder, 'bad');
      const built = spawnSync(go, ['build', '-o', program, receiverFile('go', 'bad.go')], {
        encoding: 'utf8',
        cwd: folder,
        env: { ...process.env, GOFLAGS: '-mod=mod', GO111MODULE: 'off', GOTOOLCHAIN: 'local' },
      });
      if (built.status !== 0) throw new Error(built.stderr);
      return [program];
    }
  }
}

/** Starts nginx with these locations on a free port. It ends with the test. */
export async function startNginx(locations: string): Promise<URL> {
  const [nginx] = needPrograms('nginx');
  const port = await freePort();
  const folder = programFolder();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid nginx.pid; error_log stderr error; events {}
    http {
      access_log off;
      ${temporary.map((name) => `${name}_temp_path ${name};`).join(' ')}
      server { listen 127.0.0.1:${port}; ${locations} }
    }`,
  );
  await startProgram([nginx, '-e', 'stderr', '-p', folder, '-c', 'nginx.conf'], {
    cwd: folder,
    port,
    env: {},
  });
  return new URL(`http://127.0.0.1:${port}/webhooks/netcore`);
}

function programFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-receiver-'));
  // Where nginx is started by root, its workers are somebody else.
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Program {
  readonly port: number;
  /** Kills it and its children, without a chance to clean up. */
  readonly kill: () => Promise<void>;
}

/** Starts a program, and resolves when its port accepts connections. It is killed after the test. */
export async function startProgram(
  [program, ...words]: readonly string[],
  options: {
    readonly cwd: string;
    readonly port: number;
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<Program> {
  if (program === undefined) throw new Error('A program is missing.');
  const { cwd, port, env } = options;
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd,
    env: { ...process.env, PORT: String(port), ...env },
    // A group of its own, so that its children can be killed with it.
    detached: true,
  });
  let written = '';
  child.stderr.on('data', (chunk: Buffer) => {
    written += chunk.toString();
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let failed: Error | undefined;
  child.once('error', (error) => {
    failed = error;
  });
  const kill = async () => {
    killGroup(child);
    await closed;
  };
  onTestFinished(kill);
  const end = Date.now() + 20_000;
  while (!(await accepts(port))) {
    if (failed) throw new Error(`${program} cannot be started: ${failed.message}`);
    if (child.exitCode !== null) throw new Error(`${words.join(' ')} ended: ${written}`);
    if (Date.now() > end) throw new Error(`${words.join(' ')} does not listen: ${written}`);
    // Without a pause, asking would take the processor from the program.
    await setTimeout(20);
  }
  return { port, kill };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}

export async function freePort(): Promise<number> {
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
