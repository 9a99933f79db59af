import { problem } from '../../problems/problem.js';

/** The address of a Redis or Valkey server. */
export interface RedisAddress {
  /** For ioredis, with credentials. Never printed. */
  readonly url: string;
  /** Without user and password. */
  readonly text: string;
}

/** The accepted schemes, and their equivalents for ioredis. */
const redisSchemes: ReadonlyMap<string, string> = new Map([
  ['redis:', 'redis:'],
  ['rediss:', 'rediss:'],
  ['valkey:', 'redis:'],
  ['valkeys:', 'rediss:'],
]);

/**
 * Reads `redis://user:password@host:port/db`, with `rediss:` for TLS or the schemes of Valkey, or the path of
 * a Unix socket. Throws `redis_url_invalid`.
 */
export function readRedisAddress(text: string): RedisAddress {
  if (text.startsWith('/')) return { url: text, text };
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = parsed && redisSchemes.get(parsed.protocol);
  if (!parsed || !scheme) {
    throw problem('redis_url_invalid', { reason: 'it is not a redis:// or rediss:// URL' });
  }
  if (parsed.hostname === '') throw problem('redis_url_invalid', { reason: 'it contains no host' });
  if (!/^\/?\d*$/.test(parsed.pathname)) {
    throw problem('redis_url_invalid', { reason: 'its path is not a database number' });
  }
  // ioredis would read options from the query.
  parsed.search = '';
  parsed.hash = '';
  const url = `${scheme}${parsed.href.slice(parsed.protocol.length)}`;
  parsed.username = '';
  parsed.password = '';
  return { url, text: parsed.href.replace(/\/$/, '') };
}

/** The name of a server in the stores whose calls it has. */
export function engineName(url: string): string {
  return readRedisAddress(url).text;
}
