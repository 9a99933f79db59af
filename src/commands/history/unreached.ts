import { plural } from '../../amounts.js';
import type { Unreached } from '../../output/notice.js';
import { engineName } from '../../queue/redis/address.js';
import type { RedisErasure } from '../../queue/redis/redis-eraser.js';
import type { Eraser, ErasureCount } from '../../store/eraser.js';

interface ErasureParts {
  readonly eraser: Pick<Eraser, 'engines' | 'targets' | 'otherFiles' | 'damaged'>;
  readonly redis: RedisErasure | null;
  /** The URL of the server that was searched. */
  readonly queue: string | undefined;
  readonly count: ErasureCount;
}

/**
 * What an erasure cannot reach: always copies that it does not know. `complete`: nothing is left in the
 * store and its queue, as far as they can be searched.
 */
export function unreachedBy({ eraser, redis, queue, count }: ErasureParts): {
  readonly unreached: readonly Unreached[];
  readonly complete: boolean;
} {
  const searched = queue === undefined ? undefined : engineName(queue);
  const unsearched = eraser.engines().filter((engine) => engine !== searched);
  const files = eraser.otherFiles();
  const targets = eraser.targets();
  const inFlight = count.inFlight + (redis?.inFlight ?? 0);
  const unsearchable = count.unsearchable + (redis?.unsearchable ?? 0);
  const left: Unreached[] = [
    ...unsearched.map((engine) => ({
      code: 'queue' as const,
      text: `calls on ${engine}: repeat the command with --queue ${engine}`,
    })),
    ...files.map((file) => ({
      code: 'file' as const,
      text: `${file}, which is not searched: remove it when you do not need it`,
    })),
    ...when(eraser.damaged > 0, 'damaged', `${plural(eraser.damaged, 'damaged capture')}`),
    ...when(
      inFlight > 0,
      'in_flight',
      `${plural(inFlight, 'call')} that a worker was sending: repeat the command later`,
    ),
  ];
  const beyond: Unreached[] = [
    ...when(
      unsearchable > 0,
      'undecodable',
      `${plural(unsearchable, 'capture')} with a body that cannot be decoded`,
    ),
    ...when(
      targets.length > 0,
      'handlers',
      `what handlers have stored: ${targets.slice(0, maxTargets).join(', ')}${targets.length > maxTargets ? ', …' : ''}`,
    ),
    ...when(
      redis !== null,
      'redis_files',
      'files of the Redis server, until it writes them anew (BGREWRITEAOF, BGSAVE)',
    ),
    { code: 'backups', text: 'backups and copies of the store' },
    { code: 'exports', text: 'files that history export, reconcile and terminals have written' },
  ];
  return { unreached: [...left, ...beyond], complete: left.length === 0 };
}

const maxTargets = 5;

function when(applies: boolean, code: Unreached['code'], text: string): Unreached[] {
  return applies ? [{ code, text }] : [];
}
