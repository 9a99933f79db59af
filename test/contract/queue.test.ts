import { describe, expect, onTestFinished, test } from 'vitest';
import type { QueueChoice } from '../../src/call/delivery.js';
import type { QueueAdmin } from '../../src/call/queue-admin.js';
import type {
  Decision,
  Deliver,
  Queue,
  QueuedCall,
  QueueWorker,
  WorkOptions,
} from '../../src/queue/queue.js';
import { queueEngines } from '../helpers/queue-engines.js';
import { attempt, delivered, idOf, numberOf, numbers, queued } from '../helpers/queued-calls.js';
import { until } from '../helpers/until.js';

/*
 * The promises of src/queue/queue.ts, for every engine. A process is a separate queue here, and
 * cutting it off from its engine is what a kill is to the others.
 */

function work(queue: Queue, deliver: Deliver, options: Partial<WorkOptions> = {}): QueueWorker {
  const worker = queue.work(deliver, {
    slots: 4,
    ordered: false,
    failed: () => {},
    recovered: () => {},
    ...options,
  });
  onTestFinished(() => worker.close(0));
  return worker;
}

const anyDelayed: QueueChoice = { target: undefined, ids: [], states: ['delayed'] };

describe.each(queueEngines)('a queue on %s', (_, makeEngine) => {
  async function open(options = { ordered: false }) {
    const engine = await makeEngine();
    const first = await engine.open(options);
    const add = async (...calls: number[]) => {
      for (const number of calls) await first.add(queued(number));
    };
    const states = async () => (await first.queue.counts()).states;
    return { engine, ...first, addNumbers: add, states };
  }

  test('gives a call to a worker that was paused and resumed before its first answer', async () => {
    const { queue, addNumbers } = await open();
    await addNumbers(1);
    const given: number[] = [];
    const worker = work(queue, async (call) => {
      given.push(numberOf(call));
      return delivered;
    });
    worker.allow(0);
    worker.allow(4);
    await until(() => given.length > 0, 'the call is given');
  });

  test('is paused and resumed by any process, with its counts', async () => {
    const { engine, queue, addNumbers } = await open();
    await addNumbers(1);
    const admin = engine.openAdmin();
    const [{ target } = { target: '' }] = await admin.targets();
    expect(await queue.pausedSince()).toBeNull();
    expect(await admin.pause('http://127.0.0.1:3000/other', 1_000)).toEqual([]);
    expect(await admin.pause(undefined, 1_000)).toEqual([target]);
    expect(await admin.pause(target, 2_000)).toEqual([]);
    const other = await engine.open({ ordered: false });
    expect(await other.queue.pausedSince()).toBe(1_000);
    expect(await queue.counts()).toMatchObject({ paused: 1_000 });
    expect(await admin.targets()).toMatchObject([{ target, paused: 1_000 }]);
    expect(await admin.pause(target, null)).toEqual([target]);
    expect(await admin.pause(undefined, null)).toEqual([]);
    expect(await queue.pausedSince()).toBeNull();
  });

  test('gives a call as it was queued, byte for byte', async () => {
    const { queue, add } = await open();
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const call = queued(1);
    await add({ ...call, capture: { ...call.capture, body } });
    const given: QueuedCall[] = [];
    work(queue, async (each) => {
      given.push(each);
      return delivered;
    });
    await until(() => given.length > 0, 'the call is given');
    const waitedMs = expect.any(Number);
    expect(given).toEqual([{ ...call, capture: { ...call.capture, body }, waitedMs, tries: 0 }]);
  });

  test('distinguishes an unread body from one without events', async () => {
    const { queue, add } = await open();
    await add({ ...queued(1), events: undefined });
    await add({ ...queued(2), events: [] });
    const given: QueuedCall[] = [];
    work(queue, async (each) => {
      given.push(each);
      return delivered;
    });
    await until(() => given.length === 2, 'both calls are given');
    expect(new Set(given.map(({ events }) => events))).toEqual(new Set([undefined, []]));
  });

  test('gives the oldest first', async () => {
    const { queue, addNumbers } = await open();
    await addNumbers(...numbers(20));
    const given: number[] = [];
    work(
      queue,
      async (call) => {
        given.push(numberOf(call));
        return delivered;
      },
      { slots: 1 },
    );
    await until(() => given.length === 20, 'all are given');
    expect(given).toEqual(numbers(20));
  });

  test('gives a call to one worker at a time, and once when all goes well', async () => {
    const { engine, queue, addNumbers } = await open();
    const other = await engine.open();
    const given: number[] = [];
    const deliver: Deliver = async (call) => {
      given.push(numberOf(call));
      await new Promise(setImmediate);
      return delivered;
    };
    work(queue, deliver);
    work(other.queue, deliver);
    await addNumbers(...numbers(200));
    await until(() => given.length >= 200, 'all are given');
    await until(async () => (await queue.counts()).states.delivered === 200, 'all are delivered');
    expect(given.sort((a, b) => a - b)).toEqual(numbers(200));
  });

  test('gives no more at a time than there are slots', async () => {
    const { queue, addNumbers } = await open();
    await addNumbers(...numbers(40));
    let atWork = 0;
    let most = 0;
    let done = 0;
    work(
      queue,
      async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await new Promise(setImmediate);
        atWork -= 1;
        done += 1;
        return delivered;
      },
      { slots: 3 },
    );
    await until(() => done === 40, 'all are delivered');
    expect(most).toBe(3);
  });

  test('gives more when it is allowed more, though none of those given is done', async () => {
    const { queue, addNumbers } = await open();
    await addNumbers(...numbers(10));
    let atWork = 0;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const worker = work(
      queue,
      async () => {
        atWork += 1;
        await released;
        return delivered;
      },
      { slots: 1 },
    );
    await until(() => atWork === 1, 'one is given');
    worker.allow(5);
    await until(() => atWork === 5, 'five are given');
    release();
  });

  test('gives none while none is allowed', async () => {
    const { engine, queue, addNumbers, states } = await open();
    const given: number[] = [];
    const worker = work(queue, async (call) => {
      given.push(numberOf(call));
      return delivered;
    });
    await addNumbers(1);
    await until(() => given.length === 1, 'the first is given');
    worker.allow(0);
    await addNumbers(2, 3, 4);
    // Another worker gets them, each of which the first would have had before.
    const other = await engine.open();
    const others: number[] = [];
    work(other.queue, async (call) => {
      others.push(numberOf(call));
      return delivered;
    });
    await until(() => others.length === 3, 'the others are given to another worker');
    expect(given).toEqual([1]);
    await addNumbers(5);
    await until(async () => (await states()).delivered === 5, 'all are delivered');
    worker.allow(1);
  });

  test('gives a delayed call again when it is due, and not before', async () => {
    const { queue, addNumbers } = await open();
    await addNumbers(1);
    const given: { at: number; tries: number }[] = [];
    let due = 0;
    work(queue, async ({ tries }) => {
      given.push({ at: Date.now(), tries });
      if (tries === 2) return delivered;
      due = Date.now() + 200;
      return { state: 'delayed', due, attempt };
    });
    await until(() => given.length === 3, 'it is given three times');
    expect(given.map(({ tries }) => tries)).toEqual([0, 1, 2]);
    expect(given[2]!.at).toBeGreaterThanOrEqual(due);
  });

  test('makes delayed calls due at once when it is to hurry', async () => {
    const { queue, addNumbers, states } = await open();
    await addNumbers(...numbers(30));
    const done: number[] = [];
    const worker = work(queue, async (call) => {
      if (call.tries === 0) return { state: 'delayed', due: Date.now() + 3_600_000, attempt };
      done.push(numberOf(call));
      return delivered;
    });
    await until(async () => (await states()).delayed === 30, 'all are delayed');
    await worker.hurry();
    await until(() => done.length === 30, 'all are given again');
    expect(done.sort((a, b) => a - b)).toEqual(numbers(30));
  });

  test('brings a dead call back, with its tries, and no other', async () => {
    const { queue, addNumbers, states } = await open();
    await addNumbers(1, 2, 3);
    const given: (readonly [number, number])[] = [];
    const worker = work(
      queue,
      async (call) => {
        given.push([numberOf(call), call.tries]);
        return given.length <= 2 ? { state: 'dead', attempt } : delivered;
      },
      { slots: 1 },
    );
    await until(async () => (await states()).delivered === 1, 'the third is delivered');
    await worker.revive([idOf(2), idOf(3), idOf(4)]);
    await until(async () => (await states()).delivered === 2, 'the second is delivered, too');
    expect(given).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [2, 1],
    ]);
    expect(await states()).toMatchObject({ dead: 1, delivered: 2 });
  });

  test('lets neither new nor delayed calls wait for ever behind the other', async () => {
    const { queue, add, addNumbers } = await open();
    await addNumbers(1);
    let next = 2;
    let firstDone = false;
    let newDone = 0;
    work(
      queue,
      async (call) => {
        // Each given call is replaced by a new one, so that one always waits.
        await add(queued(next));
        next += 1;
        if (numberOf(call) === 1 && call.tries < 5) {
          return { state: 'delayed', due: Date.now(), attempt };
        }
        if (numberOf(call) === 1) firstDone = true;
        else newDone += 1;
        return delivered;
      },
      { slots: 1 },
    );
    await until(() => firstDone && newDone > 10, 'both kinds are delivered');
  });

  test('leaves dead and skipped calls alone', async () => {
    const { queue, addNumbers, states } = await open();
    await addNumbers(1, 2, 3, 4);
    const given: number[] = [];
    const decisions: readonly Decision[] = [
      { state: 'dead', attempt },
      { state: 'skipped' },
      { state: 'handed over' },
      delivered,
    ];
    work(
      queue,
      async (call) => {
        given.push(numberOf(call));
        return decisions[numberOf(call) - 1]!;
      },
      { slots: 1 },
    );
    const last = async () => given.length === 4 && (await states()).delivered === 1;
    await until(last, 'the last is delivered');
    expect(given).toEqual([1, 2, 3, 4]);
    expect(await queue.counts()).toMatchObject({
      states: {
        waiting: 0,
        delayed: 0,
        active: 0,
        delivered: 1,
        dead: 1,
        skipped: 1,
        'handed over': 1,
      },
      oldest: null,
    });
  });

  test('keeps a call that was given back untried in its place', async () => {
    const { queue, addNumbers } = await open();
    await addNumbers(1, 2);
    const given: (readonly [number, number])[] = [];
    work(
      queue,
      async (call) => {
        given.push([numberOf(call), call.tries]);
        return given.length < 3 ? { state: 'waiting' } : delivered;
      },
      { slots: 1 },
    );
    await until(() => given.length === 4, 'both are delivered');
    expect(given).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
      [2, 0],
    ]);
  });

  test('keeps what became of a call before its place is given to another', async () => {
    const { engine, queue, addNumbers } = await open();
    await addNumbers(...numbers(6));
    const other = await engine.open();
    const before: number[] = [];
    work(
      queue,
      async () => {
        before.push((await other.queue.counts()).states.delivered);
        return delivered;
      },
      { slots: 1 },
    );
    await until(() => before.length === 6, 'all are given');
    expect(before).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('counts calls by state, and returns when the oldest unfinished one was queued', async () => {
    const { queue, addNumbers, states } = await open();
    await addNumbers(...numbers(5));
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const worker = work(
      queue,
      async (call) => {
        if (numberOf(call) === 1) return delivered;
        if (numberOf(call) === 2) return { state: 'delayed', due: Date.now() + 60_000, attempt };
        await released;
        return delivered;
      },
      { slots: 1 },
    );
    await until(async () => (await states()).active === 1, 'the third is with the worker');
    await until(async () => (await states()).delayed === 1, 'the second is delayed');
    const { states: now, oldest } = await queue.counts();
    expect(now).toMatchObject({ waiting: 2, delayed: 1, active: 1, delivered: 1, dead: 0 });
    // Clocks of two machines can be read only so exactly.
    expect(oldest).toBeCloseTo(queued(2).queued, -4);
    worker.allow(0);
    release();
  });

  test('gives queued calls to a process that starts later', async () => {
    const { engine, queue, addNumbers } = await open();
    await addNumbers(1, 2, 3);
    await queue.close();
    const later = await engine.open();
    const given: number[] = [];
    work(later.queue, async (call) => {
      given.push(numberOf(call));
      return delivered;
    });
    await until(() => given.length === 3, 'all are given');
  });

  test('gives a call of a killed worker to another', async () => {
    const { engine, addNumbers } = await open();
    await addNumbers(1, 2);
    const doomed = await engine.open();
    let taken = 0;
    work(doomed.queue, () => {
      taken += 1;
      return new Promise(() => {});
    });
    await until(() => taken === 2, 'both are taken');
    doomed.kill();
    const heir = await engine.open();
    const given: (readonly [number, number])[] = [];
    work(heir.queue, async (call) => {
      given.push([numberOf(call), call.tries]);
      return delivered;
    });
    await until(() => given.length === 2, 'both come back');
    expect(given.sort(([a], [b]) => a - b)).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  test('does not let a call die because its workers were killed', async () => {
    const { engine, addNumbers, states } = await open();
    await addNumbers(1);
    for (let times = 0; times < 3; times += 1) {
      const doomed = await engine.open();
      let taken = false;
      work(doomed.queue, () => {
        taken = true;
        return new Promise(() => {});
      });
      await until(() => taken, 'it is taken');
      doomed.kill();
    }
    const heir = await engine.open();
    work(heir.queue, async () => delivered);
    await until(async () => (await states()).delivered === 1, 'it is delivered');
  });

  test('waits for calls in flight when it is closed, and takes no others', async () => {
    const { engine, addNumbers } = await open();
    await addNumbers(1, 2);
    const closing = await engine.open();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let taken = 0;
    const worker = work(
      closing.queue,
      async () => {
        taken += 1;
        await released;
        return delivered;
      },
      { slots: 1 },
    );
    await until(() => taken === 1, 'one is taken');
    let closed = false;
    const ended = worker.close(10_000).then(() => {
      closed = true;
    });
    for (let times = 0; times < 50; times += 1) await closing.queue.counts();
    expect(closed).toBe(false);
    release();
    await ended;
    expect(taken).toBe(1);
    const { states } = await closing.queue.counts();
    expect(states).toMatchObject({ delivered: 1, waiting: 1, active: 0 });
  });

  test('gives calls that were undecided at the end of the grace period to another', async () => {
    const { engine, queue, addNumbers } = await open();
    await addNumbers(1);
    const impatient = await engine.open();
    let taken = false;
    let late: (decision: Decision) => void = () => {};
    const worker = work(impatient.queue, () => {
      taken = true;
      return new Promise((resolve) => {
        late = resolve;
      });
    });
    await until(() => taken, 'it is taken');
    await worker.close(0);
    late({ state: 'dead', attempt });
    let given = 0;
    work(queue, async () => {
      given += 1;
      return delivered;
    });
    await until(() => given === 1, 'it comes back');
  });

  test('in order, lets no call overtake one that has to be tried again', async () => {
    const { queue, addNumbers } = await open({ ordered: true });
    await addNumbers(1, 2, 3);
    const given: (readonly [number, number])[] = [];
    work(
      queue,
      async (call) => {
        given.push([numberOf(call), call.tries]);
        return numberOf(call) === 1 && call.tries < 2
          ? { state: 'delayed', due: Date.now() + 50, attempt }
          : delivered;
      },
      { ordered: true },
    );
    await until(() => given.length === 5, 'all are given');
    expect(given).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
      [2, 0],
      [3, 0],
    ]);
  });

  test('in order, goes on after a call that is dead or skipped', async () => {
    const { queue, addNumbers } = await open({ ordered: true });
    await addNumbers(1, 2, 3);
    const given: number[] = [];
    work(
      queue,
      async (call) => {
        given.push(numberOf(call));
        if (numberOf(call) === 1) return { state: 'dead', attempt };
        return numberOf(call) === 2 ? { state: 'skipped' } : delivered;
      },
      { ordered: true },
    );
    await until(() => given.length === 3, 'all are given');
    expect(given).toEqual([1, 2, 3]);
  });

  /** A worker of calls of the panels north and south, of which those of the first fail with `fails`. */
  async function openPanels(north: readonly number[], south: readonly number[]) {
    const { engine, queue, add } = await open({ ordered: true });
    for (const number of north) await add(queued(number, 'north'));
    for (const number of south) await add(queued(number, 'south'));
    const given: (readonly [number, number])[] = [];
    const handler = { fails: true };
    const worker = work(
      queue,
      async (call) => {
        given.push([numberOf(call), call.tries]);
        return handler.fails && call.events?.[0]?.panel === 'north'
          ? { state: 'delayed', due: Date.now() + 3_600_000, attempt }
          : delivered;
      },
      { ordered: true },
    );
    return { engine, add, given, handler, worker };
  }

  test('in order, continues with other panels, even if many calls wait behind a failing one', async () => {
    const north = numbers(150);
    const { add, given, handler, worker } = await openPanels(north, [201, 202, 203]);
    await until(() => given.length === 4, 'those of the other panel are given');
    await add(queued(301, 'north'));
    await add(queued(302, 'south'));
    await until(() => given.length === 5, 'one that comes later is given, too');
    expect(given).toEqual([...[1, 201, 202, 203, 302].map((number) => [number, 0])]);
    handler.fails = false;
    given.length = 0;
    await until(async () => {
      if (given.length === 0) await worker.hurry();
      return given.length === 151;
    }, 'all are given');
    expect(given).toEqual([[1, 1], ...[...north.slice(1), 301].map((number) => [number, 0])]);
  });

  test.each([
    ['dropped', (admin: QueueAdmin, choice: QueueChoice) => admin.drop(choice)],
    [
      'moved to another URL',
      (admin: QueueAdmin, choice: QueueChoice) =>
        admin.retry(choice, 'http://127.0.0.1:3000/other'),
    ],
  ])('in order, goes on at once when the call that fails was %s', async (_, change) => {
    const { engine, given, handler } = await openPanels([1, 2, 3], []);
    await until(() => given.length === 1, 'the first has failed');
    handler.fails = false;
    const admin = engine.openAdmin();
    await until(async () => (await change(admin, anyDelayed)) === 1, 'it is not with the worker');
    await until(() => given.length === 3, 'the others are given');
    expect(given.map(([number]) => number)).toEqual([1, 2, 3]);
  });

  test('in order, tries a held call at once when it is to hurry', async () => {
    const { queue, addNumbers } = await open({ ordered: true });
    await addNumbers(1, 2);
    const given: (readonly [number, number])[] = [];
    const worker = work(
      queue,
      async (call) => {
        given.push([numberOf(call), call.tries]);
        return call.tries === 0 && numberOf(call) === 1
          ? { state: 'delayed', due: Date.now() + 3_600_000, attempt }
          : delivered;
      },
      { ordered: true },
    );
    await until(() => given.length === 1, 'the first is given');
    await until(async () => {
      await worker.hurry();
      return given.length === 3;
    }, 'all are given');
    expect(given).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
  });

  test('in order, gives the call of a killed worker before all others', async () => {
    const { engine, addNumbers } = await open({ ordered: true });
    await addNumbers(1, 2, 3);
    const doomed = await engine.open();
    let taken = false;
    work(
      doomed.queue,
      () => {
        taken = true;
        return new Promise(() => {});
      },
      { ordered: true },
    );
    await until(() => taken, 'the first is taken');
    doomed.kill();
    const heir = await engine.open();
    const given: number[] = [];
    work(
      heir.queue,
      async (call) => {
        given.push(numberOf(call));
        return delivered;
      },
      { ordered: true },
    );
    await until(() => given.length === 3, 'all are given');
    expect(given).toEqual([1, 2, 3]);
  });

  test('delivers hundreds of calls through a handler that fails every third time', async () => {
    const { engine, queue, add, states } = await open();
    const other = await engine.open();
    const answered = new Map<number, number>();
    let times = 0;
    const deliver: Deliver = async (call) => {
      times += 1;
      if (times % 3 === 0) return { state: 'delayed', due: Date.now() + (times % 50), attempt };
      answered.set(numberOf(call), (answered.get(numberOf(call)) ?? 0) + 1);
      return delivered;
    };
    work(queue, deliver, { slots: 8 });
    work(other.queue, deliver, { slots: 8 });
    await Promise.all(numbers(200).map((number) => add(queued(number))));
    // Asking a queue for its counts without a pause would slow down its work.
    await until(() => answered.size === 200, 'all are answered', 90_000);
    await until(async () => (await states()).delivered === 200, 'all are delivered');
    expect([...answered.values()].filter((count) => count > 1)).toEqual([]);
  }, 120_000);
});
