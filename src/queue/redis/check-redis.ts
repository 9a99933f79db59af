import type { Redis } from 'ioredis';
import { Problem, problem } from '../../problems/problem.js';
import { type RedisAddress, readRedisAddress } from './address.js';
import { connectOnce, missingRight, redisReason, whenReady } from './connection.js';

/** What a server's configuration can lose, and how to fix it. */
interface RedisWarning {
  readonly code: RedisWarningCode;
  readonly message: string;
}

type RedisWarningCode = keyof typeof messages;

const minVersion = '6.2.0';

const messages = {
  redis_evicts: ({ policy = '' }: Settings) =>
    `Redis evicts waiting calls when its memory is full (maxmemory-policy ${policy}). ` +
    'Fix: CONFIG SET maxmemory-policy noeviction',
  redis_not_persistent: () =>
    'Redis keeps no append-only file. After a restart, calls are handed over again, and ' +
    'recently delivered calls may be delivered twice. Fix: CONFIG SET appendonly yes',
  redis_never_syncs: () =>
    'Redis leaves flushing to the operating system (appendfsync no). After a power failure, calls ' +
    'delivered in the last half minute may be delivered twice. Fix: CONFIG SET appendfsync everysec',
  redis_syncs_each_second: () =>
    'Redis flushes to disk once per second (appendfsync everysec). After a power failure, calls delivered in ' +
    'the last second may be delivered twice. To avoid it: CONFIG SET appendfsync always',
  redis_settings_unknown: () =>
    'Redis does not reveal its settings, so it is unknown whether a restart or a power failure ' +
    'loses calls. It should have maxmemory-policy noeviction and appendonly yes.',
  redis_read_only: () =>
    'Redis is a read-only replica: calls wait here until it accepts writes. Use the URL of its primary instead.',
} as const;

interface Settings {
  readonly policy?: string | undefined;
  readonly appendonly?: string | undefined;
  readonly appendfsync?: string | undefined;
}

/**
 * Checks a server's version and configuration. Rejects with `redis_url_invalid`,
 * `redis_unreachable`, `redis_refuses`, `redis_right_missing`, `redis_too_old` or
 * `redis_is_cluster`.
 */
export async function checkRedis(url: string): Promise<readonly RedisWarning[]> {
  const address = readRedisAddress(url);
  const client = connectOnce(address);
  try {
    await whenReady(client);
    return await check(client, address);
  } catch (error) {
    throw error instanceof Problem ? error : redisProblem(address, error);
  } finally {
    client.disconnect();
  }
}

/** A failure of the connection or of a command, as a problem. */
export function redisProblem({ text }: RedisAddress, error: unknown): Problem {
  const message = error instanceof Error ? error.message : '';
  const reason = redisReason(error);
  if (missingRight(error)) return problem('redis_right_missing', { address: text, reason }, error);
  const code = /^NOAUTH|^WRONGPASS|password/.test(message) ? 'redis_refuses' : 'redis_unreachable';
  return problem(code, { address: text, reason }, error);
}

async function check(client: Redis, address: RedisAddress): Promise<readonly RedisWarning[]> {
  const info = readInfo(await client.info());
  const { text } = address;
  const valkey = info.get('valkey_version');
  const version = valkey ?? info.get('redis_version') ?? '0';
  if (valkey === undefined && isOlder(version, minVersion)) {
    throw problem('redis_too_old', { address: text, kind: 'Redis', version, oldest: minVersion });
  }
  if (info.get('cluster_enabled') === '1') throw problem('redis_is_cluster', { address: text });
  const settings = await readSettings(client);
  return findings(info, settings).map((code) => ({
    code,
    message: messages[code](settings ?? {}),
  }));
}

function findings(
  info: ReadonlyMap<string, string>,
  settings: Settings | undefined,
): RedisWarningCode[] {
  const found: RedisWarningCode[] = [];
  if (info.get('role') === 'slave') found.push('redis_read_only');
  if (!settings) return [...found, 'redis_settings_unknown'];
  if (settings.policy !== 'noeviction') found.push('redis_evicts');
  if (settings.appendonly !== 'yes') found.push('redis_not_persistent');
  else if (settings.appendfsync === 'no') found.push('redis_never_syncs');
  else if (settings.appendfsync !== 'always') found.push('redis_syncs_each_second');
  return found;
}

/** Undefined: the server does not reveal its settings. Many managed servers do not. */
async function readSettings(client: Redis): Promise<Settings | undefined> {
  const read = async (name: string) => {
    const answer = (await client.config('GET', name)) as unknown;
    const value: unknown = Array.isArray(answer) ? answer[1] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  try {
    const [policy, appendonly, appendfsync] = await Promise.all([
      read('maxmemory-policy'),
      read('appendonly'),
      read('appendfsync'),
    ]);
    return policy === undefined || appendonly === undefined
      ? undefined
      : { policy, appendonly, appendfsync };
  } catch (error) {
    const isRefused =
      error instanceof Error && /unknown|NOPERM|not allowed|disabled/i.test(error.message);
    if (isRefused) return undefined;
    throw error;
  }
}

function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : [];
    }),
  );
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}
