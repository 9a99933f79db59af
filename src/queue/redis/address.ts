import { problem } from '../../problems/problem.js';

/** Where a Redis or Valkey server is, and how it is entered. */
export interface RedisAddress {
  /** As the client library reads it: with what enters it. Never printed. */
  readonly url: string;
  /** The same without user and password. */
  readonly text: string;
}

/** What such a URL may begin with, and how the client library calls it. */
const redisSchemes: ReadonlyMap<string, string> = new Map([
  ['redis:', 'redis:'],
  ['rediss:', 'rediss:'],
  ['valkey:', 'redis:'],
  ['valkeys:', 'rediss:'],
]);

/**
 * Reads `redis://user:password@host:port/db`, the same with `rediss:` for TLS, `valkey:` for either,
 * or the path of a Unix socket. Throws `redis_url_invalid`.
 */
export function readRedisAddress(typed: string): RedisAddress {
  if (typed.startsWith('/')) return { url: typed, text: typed };
  const parsed = URL.canParse(typed) ? new URL(typed) : undefined;
  const scheme = parsed && redisSchemes.get(parsed.protocol);
  if (!parsed || !scheme) {
    throw problem('redis_url_invalid', { reason: 'it is not a redis:// or rediss:// URL' });
  }
  if (parsed.hostname === '') throw problem('redis_url_invalid', { reason: 'it contains no host' });
  if (!/^\/?\d*$/.test(parsed.pathname)) {
    throw problem('redis_url_invalid', { reason: 'its path is not a database number' });
  }
  // What stands after a question mark would set options of the client library.
  parsed.search = '';
  parsed.hash = '';
  const rest = parsed.href.slice(parsed.protocol.length);
  const open = new URL(parsed.href);
  open.username = '';
  open.password = '';
  return { url: `${scheme}${rest}`, text: open.href.replace(/\/$/, '') };
}
