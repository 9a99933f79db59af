import type { Redis } from 'ioredis';
import { type CallErasure, eraseFromCall } from '../../call/erase-call.js';
import type { ContactIds } from '../../payload/contact-ids.js';
import { Problem } from '../../problems/problem.js';
import { runScript } from './adapted-scripts.js';
import { readRedisAddress } from './address.js';
import { redisProblem } from './check-redis.js';
import { connectToAsk, whenReady } from './connection.js';
import { captureOf, type JobData, progressOf } from './job.js';
import { outcomesKey, prefix } from './keys.js';
import { defaultLimits } from './lua.js';

/** What was erased from the calls of a server. */
export interface RedisErasure {
  /** Calls that lost events or were removed. */
  readonly calls: number;
  readonly events: number;
  /** Of these: calls that a worker holds, which the server still has. */
  readonly inFlight: number;
  /** Calls that cannot be searched, since their bodies cannot be decoded. */
  readonly unsearchable: number;
}

interface RedisEraserOptions {
  readonly contacts: ContactIds;
  /** Removes every call that has an event of a contact. */
  readonly whole: boolean;
  /** Only counts. */
  readonly dryRun: boolean;
}

const scanCount = 500;

/**
 * Erases contacts from all queued calls on a Redis or Valkey server, from those of other stores, too, and
 * from the answers that wait for their listeners. Throws `redis_url_invalid`; rejects with
 * `redis_unreachable` or `redis_refuses`.
 */
export async function eraseOnRedis(
  url: string,
  options: RedisEraserOptions,
): Promise<RedisErasure> {
  const address = readRedisAddress(url);
  const client = connectToAsk(address, defaultLimits);
  try {
    await whenReady(client);
    return await eraseAll(client, options);
  } catch (error) {
    throw error instanceof Problem ? error : redisProblem(address, error);
  } finally {
    client.disconnect();
  }
}

async function eraseAll(client: Redis, options: RedisEraserOptions): Promise<RedisErasure> {
  const sum = { calls: 0, events: 0, inFlight: 0, unsearchable: 0 };
  // Jobs in any state, also those that no list names.
  for await (const keys of client.scanStream({
    match: `${prefix}:*`,
    count: scanCount,
    type: 'hash',
  })) {
    for (const key of keys as string[]) {
      if (key.startsWith(outcomesKey)) await eraseOutcomes(client, key, options);
      else await eraseJob(client, key, options, sum);
    }
  }
  return sum;
}

async function eraseJob(
  client: Redis,
  key: string,
  { contacts, whole, dryRun }: RedisEraserOptions,
  sum: { -readonly [name in keyof RedisErasure]: RedisErasure[name] },
): Promise<void> {
  const [text, progress] = await client.hmget(key, 'data', 'progress');
  const data = text ? jobDataOf(text) : undefined;
  if (!data) return;
  const capture = captureOf(data);
  const found = eraseFromCall(capture, contacts);
  if (found.kind === 'unsearchable') sum.unsearchable += 1;
  if (found.kind === 'untouched' || found.kind === 'unsearchable') return;
  sum.calls += 1;
  sum.events += found.kind === 'whole' ? found.events : found.removed.length;
  if (dryRun) return;
  const at = key.lastIndexOf(':') + 1;
  const [base, job] = [key.slice(0, at), key.slice(at)];
  const answer =
    found.kind === 'whole' || whole || found.left === 0
      ? await runScript(client, 'dropCall', base, job, droppedOutcome)
      : await runScript(
          client,
          'replaceCall',
          base,
          job,
          dataWithout(data, found),
          withoutAnswer(progress) ?? '',
        );
  if (Number(answer) === -1) sum.inFlight += 1;
}

const droppedOutcome = JSON.stringify({ state: 'dropped', tries: 0 });

/** The events are left out: a worker reads them from the body. */
function dataWithout(
  { events: _, ...data }: JobData,
  { call }: Extract<CallErasure, { kind: 'events' }>,
): string {
  const { target, headers, body } = call;
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64');
  return JSON.stringify({ ...data, target, headers, body: text });
}

/** The answers of handlers may quote a contact. */
async function eraseOutcomes(
  client: Redis,
  key: string,
  { contacts, dryRun }: RedisEraserOptions,
): Promise<void> {
  if (dryRun) return;
  for await (const fields of client.hscanStream(key, { count: scanCount })) {
    const texts = fields as string[];
    for (let at = 0; at < texts.length; at += 2) {
      const [field = '', text = ''] = texts.slice(at, at + 2);
      if (!contacts.isMentionedIn(text)) continue;
      const without = withoutAnswer(text);
      if (without) await runScript(client, 'replaceOutcome', key, field, text, without);
    }
  }
}

/** A progress without the texts of its last answer. Undefined: there is none. */
function withoutAnswer(text: string | null | undefined): string | undefined {
  if (!text) return undefined;
  try {
    const stored: unknown = JSON.parse(text);
    const { last } = progressOf(stored);
    if (!last) return undefined;
    // The order of the fields stays: scripts look at the start of the text.
    return JSON.stringify({ ...(stored as object), last: { ...last, reason: null, answer: null } });
  } catch {
    return undefined;
  }
}

function jobDataOf(text: string): JobData | undefined {
  try {
    const data = JSON.parse(text) as JobData;
    return typeof data.body === 'string' && Array.isArray(data.headers) ? data : undefined;
  } catch {
    return undefined;
  }
}
