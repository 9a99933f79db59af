import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { onTestFinished } from 'vitest';

const source = fileURLToPath(new URL('../../src/queue/redis/', import.meta.url));

/** Bundles the queue on Redis into a folder as the build does, for processes of their own. */
export async function bundleRedisQueue(folder: string): Promise<string> {
  const build = await rolldown({
    input: {
      queue: join(source, 'redis-queue.ts'),
      check: join(source, 'check-redis.ts'),
    },
    platform: 'node',
    external: [/^node:/],
  });
  await build.write({ dir: folder, format: 'cjs', entryFileNames: '[name].cjs' });
  await build.close();
  return folder;
}

export interface ScriptProcess {
  readonly process: ChildProcess;
  /** Ends as a crash does. */
  kill(): Promise<void>;
}

/** Runs a script with Node, and tells each line that it prints. It ends with the test. */
export function runScript(
  script: string,
  told: (line: string) => void,
  env: Readonly<Record<string, string>> = {},
): ScriptProcess {
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  createInterface({ input: child.stdout }).on('line', told);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const kill = () => {
    child.kill('SIGKILL');
    return ended;
  };
  onTestFinished(kill);
  return { process: child, kill };
}
