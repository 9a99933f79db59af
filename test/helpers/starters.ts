import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type StarterId, starterIds } from '../../src/cli/options/starting.js';
import { needPrograms } from './programs.js';
import { freePort, type Program, startProgram } from './receivers.js';
import { run } from './run.js';
import { temporaryFolder } from './temporary-folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Nest and Next.js take a minute to install: `npm run test:starters` runs them. */
export type RunStarterId = Exclude<StarterId, 'nest' | 'next'>;
export const runStarterIds = starterIds.filter(
  (id): id is RunStarterId => id !== 'nest' && id !== 'next',
);

/** Writes a receiver into a new folder with `init`, and links what `npm install` would install. */
export async function writeStarter(id: StarterId): Promise<string> {
  const folder = join(temporaryFolder(), id);
  const { exit, err } = await run(['init', id, folder]);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  const manifest = readdirSync(folder).includes('package.json')
    ? (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        dependencies: Readonly<Record<string, string>>;
      })
    : { dependencies: {} };
  mkdirSync(join(folder, 'node_modules'));
  for (const name of Object.keys(manifest.dependencies).filter((each) => !each.startsWith('@'))) {
    const target = name === 'netcore-hook' ? root : join(root, 'node_modules', name);
    symlinkSync(target, join(folder, 'node_modules', name));
  }
  return folder;
}

/** Replaces a text that must be in a file of the receiver. */
export function replaceIn(folder: string, file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  expect(text, `${file} contains this text once`).toSatisfy(
    (whole: string) => whole.split(from).length === 2,
  );
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
}

export interface RunningStarter extends Program {
  readonly url: URL;
}

export const startCredentials = { HOOK_USER: 'netcore', HOOK_PASSWORD: 'se:cret' };
export const startAuth = 'netcore:se:cret';

/** Starts a receiver. It ends with the test. */
export async function startStarter(
  id: RunStarterId,
  folder: string,
  port?: number,
): Promise<RunningStarter> {
  const actual = port ?? (await freePort());
  const program = await startProgram(startCommand(id, folder), {
    cwd: folder,
    port: actual,
    env: { ...startCredentials, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return { ...program, url: new URL(`http://127.0.0.1:${actual}/webhooks/netcore`) };
}

export function startCommand(id: RunStarterId, folder: string): readonly string[] {
  switch (id) {
    case 'node':
    case 'express':
    case 'fastify':
      return [process.execPath, 'server.js'];
    case 'flask': {
      const [python] = needPrograms('flask');
      return [python, 'server.py'];
    }
    case 'fastapi': {
      const [python] = needPrograms('fastapi', 'uvicorn');
      return [python, 'server.py'];
    }
    case 'django': {
      const [python] = needPrograms('django');
      return [python, 'manage.py', 'serve'];
    }
    case 'php': {
      const [php] = needPrograms('php', 'pdo_sqlite');
      return [php, 'start.php'];
    }
    case 'go': {
      const [go] = needPrograms('go');
      const built = spawnSync(go, ['build', '-o', 'receiver', '.'], {
        encoding: 'utf8',
        cwd: folder,
        env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' },
      });
      if (built.status !== 0) throw new Error(built.stderr);
      return [join(folder, 'receiver')];
    }
  }
}
