import { expect, test } from 'vitest';
import { openRedisQueue } from '../../../src/queue/redis/redis-queue.js';
import { startRedis } from '../../helpers/redis-server.js';
import { plainCall } from '../../helpers/store.js';

test('delivers', async () => {
  const redis = await startRedis();
  const queue = openRedisQueue(redis.url, 'http://127.0.0.1:3000/hook');
  await queue.add({
    capture: { ...plainCall, id: '1a2b3c4d5e6f7g8h' },
    events: undefined,
    queued: 5,
  });
  console.log(await queue.counts());
  const call = (await new Promise((resolve) => {
    const worker = queue.work(
      async (c) => {
        setTimeout(() => resolve([c, worker]), 100);
        return { state: 'delivered' };
      },
      { slots: 2, ordered: false, trouble: (e) => console.log('trouble', e) },
    );
  })) as any;
  console.log(call[0], await queue.counts());
  const t = Date.now();
  await call[1].close(1000);
  await queue.close();
  console.log('closed', Date.now() - t);
  expect(1).toBe(1);
});
