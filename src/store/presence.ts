import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { replaceFile } from '../replace-file.js';

/** A listener that writes to a store, as it says of itself in a file there. */
export interface ListenerPresence {
  readonly pid: number;
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Where it answers that it is well; null: nowhere. */
  readonly health: string | null;
  /** Where its inspector is; null: it has none. */
  readonly inspector: string | null;
}

/** A process that forwards calls, as it says of itself. Times in milliseconds since 1970. */
export interface WorkerPresence {
  readonly pid: number;
  /** The URL that it forwards to, without credentials. */
  readonly to: string;
  /** Where it takes calls from, without credentials; empty: from the store itself. */
  readonly queue: string;
  readonly started: number;
  readonly breaker: BreakerPresence;
}

/** Whether the handler is spared, since when, and what the last attempt met. */
interface BreakerPresence {
  readonly state: 'closed' | 'open';
  readonly since: number | null;
  readonly reason: string | null;
}

export interface AnnouncedWorker {
  /** Never rejects: a worker goes on though nobody can be told how its handler is. */
  update(breaker: BreakerPresence): Promise<void>;
  withdraw(): Promise<void>;
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
  const name = `${presence.pid}-${new URL(presence.url).port}`;
  const path = await announce(join(folder, 'listeners'), name, presence, processLives);
  return () => rm(path, { force: true });
}

let announcedWorkers = 0;

/** The same of a worker. */
export async function announceWorker(
  folder: string,
  presence: WorkerPresence,
  processLives: (pid: number) => boolean = () => true,
): Promise<AnnouncedWorker> {
  announcedWorkers += 1;
  const name = `${presence.pid}-${announcedWorkers}`;
  const path = await announce(join(folder, 'workers'), name, presence, processLives);
  let written: Promise<void> = Promise.resolve();
  let withdrawn = false;
  return {
    update(breaker) {
      written = written
        .then(() => (withdrawn ? undefined : write(path, { ...presence, breaker })))
        .catch(() => {});
      return written;
    },
    async withdraw() {
      withdrawn = true;
      await written;
      await rm(path, { force: true });
    },
  };
}

/** The listeners of a store whose processes live. */
export function findListeners(folder: string, host: Host): Promise<ListenerPresence[]> {
  return find(join(folder, 'listeners'), host, readListener);
}

/** The workers of a store, and those of this machine that said so there, whose processes live. */
export function findWorkers(folder: string, host: Host): Promise<WorkerPresence[]> {
  return find(join(folder, 'workers'), host, readWorker);
}

/** Of a note, and of one that was being written. */
const noteName = /^(\d+)-\d+\.json(?:\..+)?$/;

async function announce(
  folder: string,
  name: string,
  presence: object,
  processLives: (pid: number) => boolean,
): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Files are removed from it, and a link could lead to a folder of another purpose.
    if ((await lstat(folder)).isSymbolicLink()) throw new Error(`${basename(folder)} is a link`);
    for (const left of await readdir(folder)) {
      const [, pid] = noteName.exec(left) ?? [];
      if (pid && !processLives(Number(pid))) await rm(join(folder, left), { force: true });
    }
    const path = join(folder, `${name}.json`);
    await write(path, presence);
    return path;
  } catch (error) {
    throw problem('store_not_writable', { path: folder, reason: plainReason(error) }, error);
  }
}

function write(path: string, presence: object): Promise<void> {
  return replaceFile(path, `${JSON.stringify(presence)}\n`, 0o600);
}

async function find<T extends { readonly pid: number }>(
  folder: string,
  host: Host,
  read: (fields: Readonly<Record<string, unknown>>) => T | undefined,
): Promise<T[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFile(join(folder, name), 'utf8').then(fieldsOf, () => undefined)),
  );
  return found
    .flatMap((fields) => (fields && read(fields)) ?? [])
    .filter(({ pid }) => host.processLives(pid));
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function readListener(fields: Readonly<Record<string, unknown>>): ListenerPresence | undefined {
  const { pid, url, started, health, inspector } = fields;
  if (typeof pid !== 'number' || typeof url !== 'string' || !URL.canParse(url)) return undefined;
  return {
    pid,
    url,
    started: Number(started ?? 0),
    health: textOrNull(health),
    inspector: textOrNull(inspector),
  };
}

function readWorker(fields: Readonly<Record<string, unknown>>): WorkerPresence | undefined {
  const { pid, to, queue, started, breaker } = fields;
  if (typeof pid !== 'number' || typeof to !== 'string' || typeof queue !== 'string') {
    return undefined;
  }
  return { pid, to, queue, started: Number(started ?? 0), breaker: readBreaker(breaker) };
}

function readBreaker(value: unknown): BreakerPresence {
  const { state, since, reason } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return {
    state: state === 'open' ? 'open' : 'closed',
    since: typeof since === 'number' ? since : null,
    reason: textOrNull(reason),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
