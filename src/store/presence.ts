import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';

/** A listener that writes to a store, as it says of itself in a file there. */
export interface ListenerPresence {
  readonly pid: number;
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Where it answers that it is well; null: nowhere. */
  readonly health: string | null;
}

/**
 * Says that a listener runs; returns a function that takes it back. What killed ones have left is
 * cleared away.
 */
export async function announceListener(
  folder: string,
  presence: ListenerPresence,
  processLives: (pid: number) => boolean = () => true,
): Promise<() => Promise<void>> {
  const listeners = join(folder, 'listeners');
  try {
    await mkdir(listeners, { recursive: true, mode: 0o700 });
    for (const name of await readdir(listeners)) {
      const pid = Number.parseInt(name, 10);
      if (!processLives(pid)) await rm(join(listeners, name), { force: true });
    }
    const path = join(listeners, `${presence.pid}-${new URL(presence.url).port}.json`);
    await writeFile(`${path}.new`, `${JSON.stringify(presence)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
    return () => rm(path, { force: true });
  } catch (error) {
    throw problem('store_not_writable', { path: listeners, reason: plainReason(error) }, error);
  }
}

/** The listeners of a store whose processes live. */
export async function findListeners(folder: string, host: Host): Promise<ListenerPresence[]> {
  const listeners = join(folder, 'listeners');
  const names = await readdir(listeners).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFile(join(listeners, name), 'utf8').then(parsePresence, () => undefined)),
  );
  return found
    .filter((presence) => presence !== undefined)
    .filter(({ pid }) => host.processLives(pid));
}

function parsePresence(text: string): ListenerPresence | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('url' in value)) {
      return undefined;
    }
    const { pid, url } = value;
    if (typeof pid !== 'number' || typeof url !== 'string' || !URL.canParse(url)) return undefined;
    const started = 'started' in value ? Number(value.started) : 0;
    const health = 'health' in value && typeof value.health === 'string' ? value.health : null;
    return { pid, url, started, health };
  } catch {
    return undefined;
  }
}
