import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processHost } from '../../src/host.js';
import { openRecorder } from '../../src/store/recorder.js';
import { type Handler, makeHandler } from '../helpers/handler.js';
import { markedBody, startLoad } from '../helpers/load.js';
import { type ListeningChild, spawnListener } from '../helpers/process.js';
import { filesIn, plainCall } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print, residentMegabytes, rounded } from './figures.js';

const padding = 500;
const many = 300_000;
const few = 100;
/** After so many calls a process has taken what it takes once. */
const worked = 40_000;
/** How many calls are delivered between two looks. */
const step = 1_000;

test('300,000 calls that wait take no more memory than a hundred', async () => {
  const small = await startWaiting(few);
  await small.handler.until(() => small.handler.taken.size >= few, 'all are delivered');
  const fresh = residentMegabytes(small.listener.pid);
  // From now on, calls are delivered as they come.
  const load = startLoad(small.listener.url, { clients: 4, padding });
  const withFew = await peak(small, worked);
  await load.stop();

  const large = await startWaiting(many);
  const begun = performance.now();
  const withMany = await peak(large, worked);
  const rate = large.handler.taken.size / ((performance.now() - begun) / 1000);
  const left = many - large.handler.taken.size;
  print('memory of a backlog', {
    [`MB after the first ${few}`]: rounded(fresh),
    [`MB with few waiting, after ${worked}`]: rounded(withFew),
    [`MB with ${left} waiting, after as many`]: rounded(withMany),
    'calls a second': Math.round(rate),
  });
  expect(withMany - withFew).toBeLessThan(40);
});

interface Working {
  readonly handler: Handler;
  readonly listener: ListeningChild;
}

/** A listener, and so many calls that wait when it starts. */
async function startWaiting(waiting: number): Promise<Working> {
  const handler = await makeHandler();
  const store = join(temporaryFolder(), 'store');
  await queueCalls(store, handler.url, waiting);
  await handler.start();
  const words = ['--forward-to', handler.url, '--keep', '1000000'];
  return { handler, listener: await spawnListener(words, { store }) };
}

/** The most memory that a listener holds until it has delivered so many, in MB. */
async function peak({ handler, listener }: Working, delivered: number): Promise<number> {
  let resident = 0;
  for (let count = step; count <= delivered; count += step) {
    await handler.until(() => handler.taken.size >= count, 'calls are delivered', 60_000);
    resident = Math.max(resident, residentMegabytes(listener.pid));
  }
  return resident;
}

async function queueCalls(store: string, url: string, count: number): Promise<void> {
  const recorder = await openRecorder(filesIn(store), processHost(), [{ url, queue: '' }]);
  const together = 1_000;
  for (let first = 0; first < count; first += together) {
    await Promise.all(
      Array.from({ length: Math.min(together, count - first) }, (_, at) =>
        recorder.record({
          ...plainCall,
          time: Date.now(),
          body: Buffer.from(markedBody(`order-${first + at}`, padding)),
        }),
      ),
    );
  }
  await recorder.close();
}
