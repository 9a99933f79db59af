import { lstat, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import type { ProcessIdentity } from '../process-identity.js';
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
  /** It keeps the order of calls of a panel. */
  readonly ordered: boolean;
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

/** What tells whether a process lives. */
type Processes = Pick<Host, 'process' | 'processLives' | 'hasEnded' | 'now'>;

/**
 * A note is written again this often, in milliseconds: from another PID namespace, nothing else shows
 * that its process lives.
 */
const refreshMs = 10_000;
/** The process of an older note in another namespace has ended. */
const staleMs = 45_000;

/**
 * Says that a listener runs; returns a function that takes it back. What killed ones have left is
 * cleared away.
 */
export async function announceListener(
  folder: string,
  presence: ListenerPresence,
  processes: Processes,
): Promise<() => Promise<void>> {
  const note = await announce(join(folder, 'listeners'), presence, processes);
  return () => note.remove();
}

/** The same of a worker. */
export async function announceWorker(
  folder: string,
  presence: WorkerPresence,
  processes: Processes,
): Promise<AnnouncedWorker> {
  const note = await announce(join(folder, 'workers'), presence, processes);
  return {
    update: (breaker) => note.write({ ...presence, breaker }),
    withdraw: () => note.remove(),
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

/** A note of a process, which is written again and again while the process lives. */
interface Note {
  /** Writes something else from now on. Never rejects. */
  write(presence: object): Promise<void>;
  remove(): Promise<void>;
}

async function announce(
  folder: string,
  presence: { readonly pid: number },
  processes: Processes,
): Promise<Note> {
  // Processes of two namespaces may have the same number.
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  const path = join(folder, `${presence.pid}-${number}.json`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Files are removed from it, and a link could lead to a folder of another purpose.
    if ((await lstat(folder)).isSymbolicLink()) throw new Error(`${basename(folder)} is a link`);
    for (const left of await readdir(folder)) {
      const [, pid] = noteName.exec(left) ?? [];
      if (!pid) continue;
      const path = join(folder, left);
      // A note that is being written does not say yet whose it is.
      const lives = left.endsWith('.json')
        ? await livesBy(path, Number(pid), (await readNote(path))?.process, processes)
        : await isFresh(path, processes);
      if (!lives) await rm(path, { force: true });
    }
    await write(path, presence, processes);
  } catch (error) {
    throw problem('store_not_writable', { path: folder, reason: plainReason(error) }, error);
  }
  let current: object = presence;
  let written: Promise<void> = Promise.resolve();
  let removed = false;
  const writeAgain = () => {
    written = written
      .then(() => (removed ? undefined : write(path, current, processes)))
      .catch(() => {});
    return written;
  };
  const timer = setInterval(writeAgain, refreshMs).unref();
  return {
    write(changed) {
      current = changed;
      return writeAgain();
    },
    async remove() {
      removed = true;
      clearInterval(timer);
      await written;
      await rm(path, { force: true });
    },
  };
}

function write(path: string, presence: object, processes: Processes): Promise<void> {
  const note = { ...presence, process: processes.process };
  return replaceFile(path, `${JSON.stringify(note)}\n`, 0o600);
}

/** Those that were started first come first. */
async function find<T extends { readonly pid: number; readonly started: number }>(
  folder: string,
  host: Host,
  read: (fields: Readonly<Record<string, unknown>>) => T | undefined,
): Promise<T[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const path = join(folder, name);
        const fields = await readNote(path);
        const presence = fields && read(fields);
        if (!presence) return [];
        return (await livesBy(path, presence.pid, fields.process, host)) ? [presence] : [];
      }),
  );
  return found.flat().sort((one, other) => one.started - other.started);
}

/** Whether the process of a note lives. Notes of version 0.1.0 name no more than its number. */
async function livesBy(
  path: string,
  pid: number,
  named: unknown,
  processes: Processes,
): Promise<boolean> {
  const { process: own, processLives, hasEnded } = processes;
  if (!isIdentity(named)) return processLives(pid);
  const isNear =
    named.host === own.host && named.boot === own.boot && named.namespace === own.namespace;
  if (isNear) return processLives(pid) && !hasEnded(named);
  return isFresh(path, processes);
}

async function isFresh(path: string, { now }: Processes): Promise<boolean> {
  const changed = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Number.NEGATIVE_INFINITY,
  );
  return now() - changed < staleMs;
}

function isIdentity(value: unknown): value is ProcessIdentity {
  const { pid, started, host, boot, namespace } = (value ?? {}) as Partial<ProcessIdentity>;
  const texts = [started, host, boot, namespace];
  return typeof pid === 'number' && texts.every((text) => typeof text === 'string');
}

function readNote(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  return readFile(path, 'utf8').then(fieldsOf, () => undefined);
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
  const { pid, to, queue, started, ordered, breaker } = fields;
  if (typeof pid !== 'number' || typeof to !== 'string' || typeof queue !== 'string') {
    return undefined;
  }
  return {
    pid,
    to,
    queue,
    started: Number(started ?? 0),
    ordered: ordered === true,
    breaker: readBreaker(breaker),
  };
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
