import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { serverTime, whenReady } from './connection.js';
import { workersKey } from './keys.js';

/** A process that works a queue of this server. */
export interface WorkerNote {
  /** The URL it forwards to, without credentials. */
  readonly target: string;
  /** The name of its machine. */
  readonly host: string;
  readonly pid: number;
  /** In milliseconds since 1970, by its own clock. */
  readonly started: number;
}

const renewMs = 15_000;
/** A worker that has not renewed its note for this long has ended, or cannot reach the server. */
const expiresMs = 45_000;

/** Keeps a note about a worker on the server while the worker runs. It never fails. */
export function announceWorker(
  client: Redis,
  note: WorkerNote,
): { readonly withdraw: () => Promise<void> } {
  const field = randomBytes(9).toString('base64url');
  const renew = async () => {
    // A server that is full or away does not keep a worker from working.
    try {
      await whenReady(client);
      const seen = await serverTime(client);
      await client.hset(workersKey, field, JSON.stringify({ ...note, seen }));
    } catch {}
  };
  const timer = setInterval(renew, renewMs).unref();
  const announced = renew();
  return {
    async withdraw() {
      clearInterval(timer);
      if (client.status !== 'ready') return;
      await announced;
      await client.hdel(workersKey, field).catch(() => {});
    },
  };
}

/** The workers that run now, the oldest first. Removes the notes of those that have ended. */
export async function readWorkerNotes(client: Redis): Promise<WorkerNote[]> {
  const [fields, now] = await Promise.all([client.hgetall(workersKey), serverTime(client)]);
  const ended: string[] = [];
  const found: WorkerNote[] = [];
  for (const [field, text] of Object.entries(fields)) {
    const { seen, ...note } = JSON.parse(text) as WorkerNote & { readonly seen: number };
    if (now - seen > expiresMs) ended.push(field);
    else found.push(note);
  }
  if (ended.length > 0) await client.hdel(workersKey, ...ended).catch(() => {});
  return found.sort((one, other) => one.started - other.started);
}
