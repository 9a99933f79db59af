import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { basename, join } from 'node:path';
import { isLoopback } from '../call/addresses.js';
import type { ListenerHealth } from '../call/ask-health.js';
import { healthPath } from '../call/own-headers.js';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import type { ProcessIdentity } from '../process-identity.js';
import { replaceFile } from '../replace-file.js';

/** A listener that writes to a store, as described in its note there. */
export interface ListenerPresence {
  readonly pid: number;
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** The URL of its health check on this machine; null: it has none. */
  readonly health: string | null;
  /** The URL of its inspector on this machine; null: it has none. */
  readonly inspector: string | null;
  /** Identifies its run, as its health answer does. */
  readonly instance?: string | undefined;
  readonly silence?: SilencePresence | undefined;
}

/** No call arrives at a listener, at all or from some webhooks. Times in milliseconds since 1970. */
export interface SilencePresence {
  /** How long no call may arrive, as the option is written. */
  readonly limit: string;
  /** Since when no call arrives at all; null when only these webhooks are silent. */
  readonly all: number | null;
  /** The first ones. */
  readonly webhooks: readonly {
    readonly panel: string;
    readonly webhook: string | null;
    readonly since: number;
  }[];
}

export interface AnnouncedListener {
  /** Never rejects. Undefined: calls arrive. */
  update(silence: SilencePresence | undefined): Promise<void>;
  withdraw(): Promise<void>;
}

/** A process that forwards calls, as described in its note. Times in milliseconds since 1970. */
export interface WorkerPresence {
  readonly pid: number;
  /** The URL that it forwards to, without credentials. */
  readonly to: string;
  /** The queue that it takes calls from, without credentials; empty: the store itself. */
  readonly queue: string;
  readonly started: number;
  /** It keeps the order of calls of a panel. */
  readonly ordered: boolean;
  readonly breaker: BreakerPresence;
}

/** An open breaker spares the handler. `reason` is the failure of the last attempt. */
interface BreakerPresence {
  readonly state: 'closed' | 'open';
  readonly since: number | null;
  readonly reason: string | null;
}

export interface AnnouncedWorker {
  /** Never rejects: without a note, the worker still works. */
  update(breaker: BreakerPresence): Promise<void>;
  withdraw(): Promise<void>;
}

/** The part of the host that knows which processes are alive. */
type Processes = Pick<Host, 'process' | 'isProcessAlive' | 'hasEnded' | 'now'>;

/** In another PID namespace, only the age of a note shows that its process is alive. */
const refreshMs = 10_000;
/** The process of an older note in another namespace has ended. */
const staleMs = 45_000;

/** A note must stay small. */
const maxSilentWebhooks = 20;

/** Writes a listener's note. Removes notes of killed processes. */
export async function announceListener(
  folder: string,
  presence: ListenerPresence,
  processes: Processes,
): Promise<AnnouncedListener> {
  const note = await announce(join(folder, 'listeners'), presence, processes);
  return {
    update(silence) {
      const webhooks = silence?.webhooks.slice(0, maxSilentWebhooks) ?? [];
      return note.write({ ...presence, silence: silence && { ...silence, webhooks } });
    },
    withdraw: () => note.remove(),
  };
}

/** Writes a worker's note. Removes notes of killed processes. */
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

/**
 * The listeners of a store that are alive. The folder may come from somebody else, so they may
 * receive no call: see `findOwnListeners`.
 */
export async function findListeners(folder: string, host: Host): Promise<ListenerPresence[]> {
  const found = await find(join(folder, 'listeners'), host, readListener);
  return found.map(({ presence }) => presence);
}

/**
 * The listeners that may receive calls and credentials: on this machine, described by a note of this
 * user, and proven to be alive. A note from a cloned repository cannot name a process of this boot,
 * nor the run of a listener that answers here.
 */
export async function findOwnListeners(folder: string, host: Host): Promise<ListenerPresence[]> {
  const found = await find(join(folder, 'listeners'), host, readListener);
  const proven = await Promise.all(
    found.map(async ({ presence, note }) => {
      const isOwn = host.userId === undefined || note.userId === host.userId;
      return isOwn && isOnThisMachine(presence.url) && (await isProven(presence, note, host));
    }),
  );
  return found.flatMap(({ presence }, index) => (proven[index] ? [presence] : []));
}

/** The health of a noted listener. Another program at its address is no answer. */
export async function askPresence({ health, instance }: ListenerPresence): Promise<ListenerHealth> {
  if (health === null) return 'unasked';
  const { askListener } = await import('../call/ask-health.js');
  const answer = await askListener(health);
  return instance === undefined || answer.instance === instance ? answer.health : 'silent';
}

async function isProven(
  { health, instance }: ListenerPresence,
  { fields }: NoteContent,
  { process: own }: Processes,
): Promise<boolean> {
  const named = fields.process;
  const isKnown =
    isIdentity(named) && isNear(named, own) && named.boot !== '' && named.started !== '';
  // Most commands that read notes send nothing, and need no HTTP client.
  const { askListener } = await import('../call/ask-health.js');
  const answer = health === null ? undefined : await askListener(health);
  // A listener that is too busy to answer must not lose its calls to another one.
  if (!answer || answer.health === 'silent') return isKnown;
  return answer.instance === instance && (isKnown || instance !== undefined);
}

/** The workers that are alive and have a note in a store. */
export async function findWorkers(folder: string, host: Host): Promise<WorkerPresence[]> {
  const found = await find(join(folder, 'workers'), host, readWorker);
  return found.map(({ presence }) => presence);
}

/** The name of a note, and of one that is being written. */
const noteName = /^(\d+)-\d+\.json(?:\..+)?$/;

/** A process's note, which is rewritten while the process is alive. */
interface Note {
  /** Replaces the content. Never rejects. */
  write(presence: object): Promise<void>;
  remove(): Promise<void>;
}

async function announce(
  folder: string,
  presence: { readonly pid: number },
  processes: Processes,
): Promise<Note> {
  // Processes of two namespaces can have the same number.
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  const path = join(folder, `${presence.pid}-${number}.json`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // This removes files, and a link could lead to another folder.
    if ((await lstat(folder)).isSymbolicLink()) throw new Error(`${basename(folder)} is a link`);
    for (const left of await readdir(folder)) {
      const [, pid] = noteName.exec(left) ?? [];
      if (!pid) continue;
      const path = join(folder, left);
      // A note that is being written does not name its process yet.
      const isAlive = left.endsWith('.json')
        ? await isNoteAlive(path, Number(pid), (await readNote(path))?.fields.process, processes)
        : await isFresh(path, processes);
      // Anything but a file stays.
      if (!isAlive) await rm(path, { force: true }).catch(() => {});
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

interface NoteContent {
  readonly fields: Readonly<Record<string, unknown>>;
  /** The owner of the file. */
  readonly userId: number;
}

interface Found<T> {
  readonly presence: T;
  readonly note: NoteContent;
}

/** Returns the oldest process first. */
async function find<T extends { readonly pid: number; readonly started: number }>(
  folder: string,
  host: Host,
  read: (fields: Readonly<Record<string, unknown>>) => T | undefined,
): Promise<Found<T>[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const path = join(folder, name);
        const note = await readNote(path);
        const presence = note && read(note.fields);
        if (!presence) return [];
        const isAlive = await isNoteAlive(path, presence.pid, note.fields.process, host);
        return isAlive ? [{ presence, note }] : [];
      }),
  );
  return found.flat().sort((one, other) => one.presence.started - other.presence.started);
}

/** Notes of version 0.1.0 contain only the process's number. */
async function isNoteAlive(
  path: string,
  pid: number,
  named: unknown,
  processes: Processes,
): Promise<boolean> {
  const { process: own, isProcessAlive, hasEnded } = processes;
  if (!isIdentity(named)) return isProcessAlive(pid);
  if (isNear(named, own)) return isProcessAlive(pid) && !hasEnded(named);
  return isFresh(path, processes);
}

/** Whether process numbers mean the same for both. */
function isNear(named: ProcessIdentity, own: ProcessIdentity): boolean {
  return named.host === own.host && named.boot === own.boot && named.namespace === own.namespace;
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

const maxNoteBytes = 65_536;

/** Undefined for anything but a small file: a link could lead elsewhere, and a pipe blocks. */
async function readNote(path: string): Promise<NoteContent | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size > maxNoteBytes) return undefined;
      const fields = fieldsOf(await file.readFile('utf8'));
      return fields && { fields, userId: found.uid };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
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
  const { pid, url, started, health, inspector, instance } = fields;
  if (typeof pid !== 'number' || typeof url !== 'string' || !URL.canParse(url)) return undefined;
  // These are requested, and a note of somebody else must not choose where or what.
  const isHere = isOnThisMachine(url);
  const hasHealth = isHere && health === new URL(healthPath, url).href;
  return {
    pid,
    url,
    started: Number(started ?? 0),
    health: hasHealth ? health : null,
    inspector: isInspector(inspector) ? inspector : null,
    instance: typeof instance === 'string' ? instance : undefined,
    silence: readSilence(fields.silence),
  };
}

function readSilence(value: unknown): SilencePresence | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { limit, all, webhooks } = value as Readonly<Record<string, unknown>>;
  if (typeof limit !== 'string' || !Array.isArray(webhooks)) return undefined;
  return {
    limit,
    all: isTime(all) ? all : null,
    webhooks: webhooks.slice(0, maxSilentWebhooks).flatMap((each: unknown) => {
      const { panel, webhook, since } = (each ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof panel !== 'string' || !isTime(since)) return [];
      return [{ panel, webhook: textOrNull(webhook), since }];
    }),
  };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= maxTime;
}

/** The largest time that a Date can hold. */
const maxTime = 8.64e15;

function isInspector(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { origin, hostname } = new URL(value);
  return origin === value && isLoopback(hostname);
}

/** Whether a URL leads to this machine: loopback, or the address of one of its interfaces. */
function isOnThisMachine(url: string): boolean {
  const hostname = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isLoopback(hostname)) return true;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some(({ address }) => address === hostname);
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
