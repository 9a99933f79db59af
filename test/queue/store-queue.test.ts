import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { realClock } from '../../src/call/clock.js';
import type { DeliveryTurn, TakenTurn } from '../../src/call/delivery.js';
import { processHost } from '../../src/host.js';
import { anyEvent } from '../../src/payload/event-filter.js';
import { startForwarder } from '../../src/queue/forwarder.js';
import type { Decision, QueuedCall } from '../../src/queue/queue.js';
import { createStoreQueue, type StoreQueue } from '../../src/queue/store-queue.js';
import type { Database } from '../../src/store/database.js';
import { prepareDeliveries } from '../../src/store/deliveries.js';
import { readEvents, writeEvents } from '../../src/store/event-index.js';
import { openHistory } from '../../src/store/history.js';
import { shopUrl } from '../helpers/queued-captures.js';
import { databaseOf, recordCalls } from '../helpers/store.js';
import { idleTurn } from '../helpers/turn.js';
import { until } from '../helpers/until.js';

const attempt = { time: 0, url: shopUrl, status: 500, reason: null, answer: 'no', ms: 1 };

/** A store with this number of waiting calls. `panelsOf` returns the panels of a call by its number. */
async function storeWith(calls: number, panelsOf: (number: number) => readonly string[]) {
  const { files } = await recordCalls([{}]);
  const database = databaseOf(files);
  database.execute('pragma synchronous = off');
  refill(database, calls, panelsOf);
  return { files, database };
}

function refill(
  database: Database,
  calls: number,
  panelsOf: (number: number) => readonly string[],
): void {
  const capture = database.prepare(
    `insert into captures (place, time, method, target, remote, status, headers, events, body)
     values (?, 0, 'POST', ?, '203.0.113.7', 200, '[]', ?, x'')`,
  );
  const delivery = database.prepare(
    `insert into deliveries (capture, destination, state, due, queued, tries) values (?, 1, 0, 0, 0, 0)`,
  );
  database.execute(`begin; delete from captures; delete from deliveries; delete from attempts;
    insert into destinations (id, url, queue) values (1, '${shopUrl}', '') on conflict do nothing`);
  for (let number = 1; number <= calls; number += 1) {
    const events = panelsOf(number).map((panel) => ({
      panel,
      channel: 'sms',
      activity: 'delivered',
      event: 'delivered',
      msgid: null,
      who: null,
      name: null,
      time: null,
    }));
    capture.run([number, `/${number}`, writeEvents(events)]);
    delivery.run([number]);
  }
  database.execute('commit');
}

/** The queue of the store, which takes its turns in this thread. `fails` makes a turn fail. */
function queueOf(
  database: Database,
  {
    worker = '101.first',
    fails = () => false,
    ended = [],
    now = Date.now,
  }: {
    worker?: string;
    fails?: () => boolean;
    /** The workers whose processes have ended. */
    ended?: readonly string[];
    now?: () => number;
  } = {},
): StoreQueue {
  const deliveries = prepareDeliveries(database);
  return createStoreQueue({
    log: {
      async turn(turn: DeliveryTurn): Promise<TakenTurn> {
        if (fails()) throw new Error('The disk is full.');
        const taken = deliveries.turn(turn);
        const calls = taken.calls.map((call) => ({
          ...call,
          events: call.events === null ? undefined : readEvents(call.events),
        }));
        return { ...taken, calls };
      },
    },
    destination: { url: shopUrl, queue: '' },
    counts: () => Promise.reject(new Error('Nobody counts here.')),
    pausedSince: () => Promise.reject(new Error('Nobody pauses here.')),
    worker,
    process: { ...processHost().process, started: worker },
    hasEnded: ({ started }) => ended.includes(started),
    busy: () => false,
    now,
  });
}

const numberOf = ({ capture }: Pick<QueuedCall, 'capture'>) => Number(capture.target.slice(1));

function countOf(database: Database, state: number): number {
  const row = database.prepare('select count(*) from deliveries where state = ?').first([state]);
  return Number(row?.[0]);
}

const panels = ['netcore_hook_test', 'netcore_hook_test_north', 'netcore_hook_test_south'];

/** What a handler does with a call, try by try: after the last, it is delivered. */
const behaviours = fc.array(
  fc.constantFrom<'fails' | 'is put off' | 'dies' | 'is skipped'>(
    'fails',
    'fails',
    'is put off',
    'dies',
    'is skipped',
  ),
  { maxLength: 4 },
);
const shops = fc.array(
  fc.record({ panels: fc.subarray(panels), behaviour: behaviours, slow: fc.boolean() }),
  { minLength: 1, maxLength: 40 },
);

test('in order, calls of one panel stay in order through all failures', async () => {
  const { database } = await storeWith(0, () => []);
  await fc.assert(
    fc.asyncProperty(shops, fc.integer({ min: 1, max: 8 }), async (shop, slots) => {
      refill(database, shop.length, (number) => shop[number - 1]!.panels);
      const lanesOf = (number: number) => {
        const own = shop[number - 1]!.panels;
        return own.length > 0 ? own : [''];
      };
      const ended = new Set<number>();
      const running = new Set<number>();
      const tries = new Map<number, number>();
      const overtaken: string[] = [];
      let turns = 0;
      const queue = queueOf(database, {
        // Every seventh turn with the store fails.
        fails: () => {
          turns += 1;
          return turns > 3 && turns % 7 === 0 && turns < 30;
        },
      });
      const deliver = async (call: QueuedCall): Promise<Decision> => {
        const number = numberOf(call);
        for (let before = 1; before < number; before += 1) {
          const shared = lanesOf(before).some((lane) => lanesOf(number).includes(lane));
          if (shared && !ended.has(before)) overtaken.push(`${number} before ${before}`);
        }
        if (ended.has(number) || running.has(number)) overtaken.push(`${number} twice`);
        running.add(number);
        await new Promise(setImmediate);
        if (shop[number - 1]!.slow) for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
        running.delete(number);
        const tried = tries.get(number) ?? 0;
        tries.set(number, tried + 1);
        switch (shop[number - 1]!.behaviour[tried]) {
          case 'fails':
            return { state: 'delayed', due: Date.now(), attempt };
          case 'is put off':
            return { state: 'waiting' };
          case 'dies':
            ended.add(number);
            return { state: 'dead', attempt };
          case 'is skipped':
            ended.add(number);
            return { state: 'skipped' };
          default:
            ended.add(number);
            return { state: 'delivered', attempt };
        }
      };
      const worker = queue.work(deliver, {
        slots,
        ordered: true,
        failed: () => {},
        recovered: () => {},
      });
      try {
        await until(() => {
          queue.wake();
          return ended.size === shop.length;
        }, 'all have come to their end');
      } finally {
        await worker.close(1000);
      }
      expect(overtaken).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 120_000);

test('in order, continues where a killed worker was, even if that had prefetched many calls', async () => {
  const calls = 200;
  const { database } = await storeWith(calls, () => ['netcore_hook_test']);
  let killed = false;
  const doomed = queueOf(database, { worker: '99.doomed', fails: () => killed });
  const options = { slots: 4, ordered: true, failed: () => {}, recovered: () => {} };
  const first = doomed.work(() => new Promise<never>(() => {}), options);
  onTestFinished(() => first.close(0));
  await until(() => countOf(database, 2) > 4, 'it has taken calls ahead');
  killed = true;
  const heir = queueOf(database, { ended: ['99.doomed'] });
  const given: number[] = [];
  const worker = heir.work(async (call) => {
    given.push(numberOf(call));
    return { state: 'delivered', attempt };
  }, options);
  onTestFinished(() => worker.close(0));
  await until(() => {
    heir.wake();
    return given.length >= calls;
  }, 'all are given');
  expect(given).toEqual(Array.from({ length: calls }, (_, index) => index + 1));
});

test('takes few of twenty thousand calls while their handler never answers', async () => {
  const { database } = await storeWith(20_000, () => ['netcore_hook_test']);
  const queue = queueOf(database);
  let given = 0;
  const worker = queue.work(
    () => {
      given += 1;
      return new Promise<never>(() => {});
    },
    { slots: 4, ordered: false, failed: () => {}, recovered: () => {} },
  );
  onTestFinished(() => worker.close(0));
  await until(() => countOf(database, 2) > 4, 'calls are taken');
  for (let times = 0; times < 200; times += 1) {
    queue.wake();
    await new Promise(setImmediate);
  }
  expect(given).toBe(4);
  expect(countOf(database, 2)).toBeLessThanOrEqual(64);
  expect(countOf(database, 0)).toBeGreaterThanOrEqual(20_000 - 64);
});

test('gives prefetched calls back to other workers when it may start none', async () => {
  const { database } = await storeWith(100, () => ['netcore_hook_test']);
  const queue = queueOf(database);
  const release: (() => void)[] = [];
  const worker = queue.work(
    () => new Promise((resolve) => release.push(() => resolve({ state: 'delivered', attempt }))),
    { slots: 2, ordered: false, failed: () => {}, recovered: () => {} },
  );
  onTestFinished(() => worker.close(0));
  await until(() => release.length === 2, 'two are given');
  worker.allow(0);
  await until(() => countOf(database, 2) === 2, 'the others wait again');
  for (const done of release) done();
  await until(() => countOf(database, 3) === 2, 'the two are delivered');
  expect(countOf(database, 0)).toBe(98);
});

test('reports once that its store fails, and that it works again, and loses nothing', async () => {
  const { database, files } = await storeWith(30, () => ['netcore_hook_test']);
  let broken = false;
  let failures = 0;
  const queue = queueOf(database, {
    fails: () => {
      if (broken) failures += 1;
      return broken;
    },
  });
  const reports: string[] = [];
  let given = 0;
  const worker = queue.work(
    async () => {
      given += 1;
      if (given === 5) broken = true;
      return { state: 'delivered', attempt };
    },
    {
      slots: 1,
      ordered: false,
      failed: () => reports.push('failed'),
      recovered: () => reports.push('recovered'),
    },
  );
  onTestFinished(() => worker.close(0));
  await until(() => {
    queue.wake();
    if (failures > 3) broken = false;
    return countOf(database, 3) === 30;
  }, 'all are delivered');
  expect(reports).toEqual(['failed', 'recovered']);
  expect(given).toBe(30);
  const history = openHistory(files);
  onTestFinished(() => history.close());
  expect(database.prepare('select count(*) from attempts').first([])).toEqual([30]);
});

test('starts no prefetched call after a pause so long that others took it over', async () => {
  const { database } = await storeWith(20, () => ['netcore_hook_test']);
  let skippedMs = 0;
  const queue = queueOf(database, { now: () => Date.now() + skippedMs });
  const given: number[] = [];
  const release: (() => void)[] = [];
  const worker = queue.work(
    (call) => {
      given.push(numberOf(call));
      return new Promise((resolve) => release.push(() => resolve({ state: 'delivered', attempt })));
    },
    { slots: 2, ordered: false, failed: () => {}, recovered: () => {} },
  );
  onTestFinished(() => worker.close(0));
  await until(() => release.length === 2, 'two are given, and the others taken ahead');
  expect(countOf(database, 2)).toBe(20);
  // Only the clock shows that the process did not run: a timer goes off as late as the process goes on.
  skippedMs = 60_000;
  const other = prepareDeliveries(database);
  const beat = Number(database.prepare('select beat from workers').first([])?.[0]);
  other.turn({
    destination: { url: shopUrl, queue: '' },
    worker: '102.second',
    now: Date.now(),
    leaseUntil: Date.now() + 45_000,
    ...idleTurn,
    renewal: { process: processHost().process, waited: 0 },
    expired: [{ name: '101.first', beat, process: processHost().process }],
    maxDelayed: 15,
  });
  for (const done of release.splice(0)) done();
  await until(() => {
    for (const done of release.splice(0)) done();
    return countOf(database, 2) === 15 && countOf(database, 3) === 5;
  }, 'it has delivered what the other left');
  // The first two were with the handler by then; the other worker took fifteen.
  expect(given.slice(2).every((number) => number > 15)).toBe(true);
  const held = database.prepare('select count(*) from deliveries where worker = ?');
  expect(held.first(['102.second'])).toEqual([15]);
});

test('gives up no call when the clock of one of two workers jumps ahead by two days', async () => {
  const { database } = await storeWith(3, () => ['netcore_hook_test']);
  let jumpMs = 0;
  let status = 500;
  let tries = 0;
  const work = (worker: string, now: () => number) => {
    const forwarder = startForwarder({
      queue: queueOf(database, { worker, now }),
      sender: {
        async send() {
          tries += 1;
          return { kind: 'answered', status, headers: [], body: new Uint8Array(), bytes: 0, ms: 1 };
        },
        async close() {},
      },
      target: { url: new URL(shopUrl), keepPath: false, credentials: undefined },
      options: {
        filter: { all: true, events: anyEvent },
        concurrency: 1,
        rate: undefined,
        ordered: false,
        attempts: undefined,
        giveUpAfter: 24 * 3_600_000,
      },
      clock: realClock,
      now,
      random: () => 0,
      emit: () => {},
    });
    onTestFinished(() => forwarder.close(0));
  };
  work('101.first', () => Date.now() + jumpMs);
  work('102.second', Date.now);
  await until(() => countOf(database, 1) === 3, 'each has failed once');
  jumpMs = 2 * 24 * 3_600_000;
  await until(() => tries >= 6 && countOf(database, 2) === 0, 'each has failed once more');
  expect(countOf(database, 4)).toBe(0);
  status = 200;
  jumpMs += 3_600_000;
  await until(() => countOf(database, 3) === 3, 'all are delivered');
});

test('attempts no turn after it is closed, even if its store fails until then', async () => {
  const { database } = await storeWith(1, () => ['netcore_hook_test']);
  let failures = 0;
  const queue = queueOf(database, {
    fails: () => {
      failures += 1;
      return true;
    },
  });
  const options = { slots: 1, ordered: false, failed: () => {}, recovered: () => {} };
  const worker = queue.work(async () => ({ state: 'delivered', attempt }), options);
  await until(() => failures > 0, 'a turn fails');
  await worker.close(0);
  const failuresAtClose = failures;
  expect(failuresAtClose).toBeGreaterThan(2);
  const afterRetry = Date.now() + 500;
  await until(() => Date.now() > afterRetry, 'a retry would have been due');
  expect(failures).toBe(failuresAtClose);
});
