import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { isProcessAlive } from './process-lives.js';
import { temporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

const program = new URL('./cloudflared-program.js', import.meta.url);

/**
 * `refused`: ends at once. `mute`: tells no address. `broken`: answers with an error page. `helped`: has
 * a process of its own, which it does not end.
 */
type Behaviour = 'works' | 'refused' | 'mute' | 'broken' | 'stubborn' | 'helped';

interface Start {
  readonly pid: number;
  /** What it started itself. */
  readonly helper?: number;
  /** The process that started it. */
  readonly guard: number;
  readonly argv: readonly string[];
  /** The names of the variables that it got. */
  readonly variables: readonly string[];
}

/** A stand-in for cloudflared on the PATH. What is left of it ends with the test. */
export interface Cloudflared {
  /** The environment to run a listener in. */
  readonly env: Record<string, string>;
  starts(): readonly Start[];
  /** Resolves when it was started so often, to that start. */
  started(times?: number): Promise<Start>;
  /** Resolves when none of its processes is left. */
  gone(): Promise<void>;
}

export function installCloudflared(behaviour: Behaviour = 'works'): Cloudflared {
  const folder = temporaryFolder();
  const file = join(folder, 'cloudflared');
  const log = join(folder, 'starts.log');
  writeFileSync(file, `#!${process.execPath}\nimport('${pathToFileURL(program.pathname)}');\n`);
  chmodSync(file, 0o755);
  const starts = () =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Start)
      : [];
  const left = () =>
    starts()
      .flatMap(({ pid, helper = pid }) => [pid, helper])
      .filter(isProcessAlive);
  onTestFinished(() => {
    for (const pid of left()) process.kill(pid, 'SIGKILL');
  });
  return {
    env: { PATH: folder, STAND_IN_LOG: log, STAND_IN_BEHAVIOUR: behaviour },
    starts,
    async started(times = 1) {
      await until(() => starts().length >= times, `${times} starts`);
      return starts()[times - 1]!;
    },
    gone: () => until(() => left().length === 0, 'its end'),
  };
}
