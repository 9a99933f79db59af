import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/problems/problem.js';
import { checkRedis } from '../../../src/queue/redis/check-redis.js';
import { missingRight } from '../../../src/queue/redis/connection.js';
import { makeCertificate } from '../../helpers/certificates.js';
import { startRedis } from '../../helpers/redis-server.js';
import { run } from '../../helpers/run.js';
import { nobodyThere, serveRaw } from '../../helpers/servers.js';

async function warned(settings: Readonly<Record<string, string>>): Promise<string[]> {
  const redis = await startRedis({ settings });
  return (await checkRedis(redis.url)).map(({ code }) => code);
}

async function problemOf(url: string): Promise<Problem> {
  const found = await checkRedis(url).catch((error: unknown) => error);
  if (found instanceof Problem) return found;
  throw new Error(`No problem, but ${String(found)}`);
}

describe('a look at a server', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['syncs every call', {}, []],
    ['syncs each second', { appendfsync: 'everysec' }, ['redis_syncs_each_second']],
    ['never syncs', { appendfsync: 'no' }, ['redis_never_syncs']],
    ['keeps nothing', { appendonly: 'no' }, ['redis_not_persistent']],
    ['keeps snapshots only', { appendonly: 'no', save: '60 1' }, ['redis_not_persistent']],
    ['drops what is old', { 'maxmemory-policy': 'allkeys-lru' }, ['redis_evicts']],
    ['drops what expires', { 'maxmemory-policy': 'volatile-ttl' }, ['redis_evicts']],
    ['hides its settings', { 'rename-command': 'CONFIG ""' }, ['redis_settings_unknown']],
    ['is a replica', { replicaof: '127.0.0.1 1' }, ['redis_read_only']],
    [
      'has all of these faults',
      { appendonly: 'no', 'maxmemory-policy': 'allkeys-random' },
      ['redis_evicts', 'redis_not_persistent'],
    ],
  ])('finds that it %s', async (_, settings, codes) => {
    expect(await warned(settings)).toEqual(codes);
  });

  test('reports what is lost, and which command fixes it', async () => {
    const redis = await startRedis({ settings: { appendfsync: 'everysec' } });
    const [warning] = await checkRedis(redis.url);
    expect(warning?.message).toMatch(
      /power failure, calls delivered in the last second may be delivered twice/,
    );
    expect(warning?.message).toContain('CONFIG SET appendfsync always');
  });

  test('respects users who may not see the settings', async () => {
    const redis = await startRedis();
    await redis.client.acl('SETUSER', 'shop', 'on', '>autumn', '~*', '+@all', '-config');
    const url = `redis://shop:autumn@127.0.0.1:${redis.port}`;
    expect((await checkRedis(url)).map(({ code }) => code)).toEqual(['redis_settings_unknown']);
  });
});

describe('a server that cannot be used', () => {
  test('is unreachable when nothing listens', async () => {
    const { port } = await nobodyThere();
    const { code, message, exit } = await problemOf(`redis://shop:autumn@127.0.0.1:${port}`);
    expect({ code, exit }).toEqual({ code: 'redis_unreachable', exit: 3 });
    expect(message).toBe(`Cannot use Redis at redis://127.0.0.1:${port}: nothing listens there.`);
  });

  test('is unreachable when it hangs', async () => {
    const { port } = await serveRaw(() => {});
    const begun = Date.now();
    expect((await problemOf(`redis://127.0.0.1:${port}`)).message).toContain('does not answer');
    expect(Date.now() - begun).toBeLessThan(7000);
  });

  test.each([
    ['without a password', ''],
    ['with a wrong one', ':winter@'],
    ['with a wrong user', 'nobody:autumn@'],
  ])('lets nobody in %s', async (_, userinfo) => {
    const redis = await startRedis({ password: 'autumn' });
    const { code, message } = await problemOf(`redis://${userinfo}127.0.0.1:${redis.port}`);
    expect(code).toBe('redis_refuses');
    expect(message).not.toMatch(/winter|autumn/);
  });

  test.each([
    ['-@dangerous', 'this user may not run INFO'],
    ['-info', 'this user may not run INFO'],
    ['-ping', undefined],
    ['-config', undefined],
  ])('denies a right by name to a user with %s', async (rights, reason) => {
    const redis = await startRedis();
    await redis.client.acl('SETUSER', 'shop', 'on', '>autumn', '~*', '+@all', rights);
    const url = `redis://shop:autumn@127.0.0.1:${redis.port}`;
    if (reason === undefined) return expect(await checkRedis(url)).toBeInstanceOf(Array);
    const { code, message, hint } = await problemOf(url);
    expect(code).toBe('redis_right_missing');
    expect(message).toContain(`denied a command: ${reason}.`);
    expect(hint).toContain('ACL SETUSER');
  });

  test.each([
    [['-smembers', '-zrange'], 'this user may not run SMEMBERS'],
    [['resetkeys', '~shop:*'], 'this user may not access the keys netcore-hook:\\*'],
  ])('denies a right by name to the queue: %j', async (rights, reason) => {
    const redis = await startRedis();
    await redis.client.acl('SETUSER', 'shop', 'on', '>autumn', '~*', '+@all', ...rights);
    const url = `redis://shop:autumn@127.0.0.1:${redis.port}`;
    const { exit, err } = await run(['queue', '--queue', url, '--json']);
    const { code, message } = JSON.parse(err) as Problem;
    expect({ exit, code }).toEqual({ exit: 3, code: 'redis_right_missing' });
    expect(message).toMatch(new RegExp(`denied a command: ${reason}\\.$`));
  });

  test.each([
    ["NOPERM this user has no permissions to run the 'info' command or its subcommand", 'INFO'],
    ["NOPERM User shop has no permissions to run the 'config|get' command", 'CONFIG|GET'],
    ["ERR ACL failure in script: User shop has no permissions to run the 'hset' command", 'HSET'],
    ['ERR unknown command `EVALSHA`, with args beginning with: ', 'EVALSHA'],
    ["ERR unknown command 'EVAL', with args beginning with: ", 'EVAL'],
  ])('is understood in the words of each version: %s', (message, command) => {
    expect(missingRight(new Error(message))).toBe(`this user may not run ${command}`);
  });

  test.each([
    'NOPERM this user has no permissions to access one of the keys used as arguments',
    'NOPERM No permissions to access a key',
    "ERR The user executing the script can't access at least one of the keys mentioned",
  ])('is understood where it is about keys: %s', (message) => {
    expect(missingRight(new Error(message))).toContain('may not access the keys netcore-hook:*');
  });

  test('is entered with its password', async () => {
    const redis = await startRedis({ password: 'p@ss:w/rd'.replaceAll(/[@:/]/g, '-') });
    expect(await checkRedis(redis.url)).toEqual([]);
  });

  test('is too old', async () => {
    const { port } = await serveRaw((socket) => {
      socket.on('data', (chunk) => {
        // Each command is an array of texts; its name is all that counts here.
        for (const [, name] of chunk.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
          socket.write(oldAnswer(name!.toLowerCase()));
        }
      });
    });
    const { code, message } = await problemOf(`redis://127.0.0.1:${port}`);
    expect(code).toBe('redis_too_old');
    expect(message).toBe(`Redis 5.0.14 at redis://127.0.0.1:${port} is too old to queue calls.`);
  });

  test('is a cluster', async () => {
    const redis = await startRedis({ settings: { 'cluster-enabled': 'yes' } });
    expect((await problemOf(redis.url)).code).toBe('redis_is_cluster');
  });

  test('has an untrusted certificate', async () => {
    const redis = await startRedis({ tls: makeCertificate() });
    const { code, message } = await problemOf(redis.url);
    expect(code).toBe('redis_unreachable');
    expect(message).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('is no server at all', async () => {
    const { port } = await serveRaw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    expect((await problemOf(`redis://127.0.0.1:${port}`)).code).toBe('redis_unreachable');
  });
});

function oldAnswer(name: string): string {
  const info = 'redis_version:5.0.14\r\nloading:0\r\nrole:master\r\n';
  if (name === 'info') return `$${info.length}\r\n${info}\r\n`;
  return name === 'hello' || name === 'client' ? `-ERR unknown command \`${name}\`\r\n` : '+OK\r\n';
}
