import { describe, expect, onTestFinished, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import { seqAt } from '../../src/call/capture-id.js';
import {
  type DeliveryAttempt,
  type DeliveryTurn,
  deliveryStates,
  type Settlement,
} from '../../src/call/delivery.js';
import { processHost } from '../../src/host.js';
import type { Database } from '../../src/store/database.js';
import { prepareDeliveries } from '../../src/store/deliveries.js';
import { openRecorder } from '../../src/store/recorder.js';
import { type Fate, queueCaptures, shopUrl } from '../helpers/queued-captures.js';
import {
  databaseOf,
  filesIn,
  historyOf,
  importCaptures,
  plainCall,
  recordCalls,
} from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { idleTurn } from '../helpers/turn.js';

const now = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;

const { process } = processHost();
const renewal = { process, waited: 0 };

const attempt: DeliveryAttempt = {
  time: now,
  url: shopUrl,
  status: 500,
  reason: 'out of stock',
  answer: 'out of stock',
  ms: 12,
};

/** A store with captures that have come so far, and turns that a worker takes with it. */
async function shop(fates: readonly Fate[], calls: readonly Partial<ReceivedCall>[] = []) {
  const { files, captures } = await recordCalls(fates.map((_, index) => calls[index] ?? {}));
  queueCaptures(files, captures, (index) => fates[index]);
  const database = databaseOf(files);
  const deliveries = prepareDeliveries(database);
  const turn = (asked: Partial<DeliveryTurn> = {}) => {
    const at = asked.now ?? now;
    const taken = deliveries.turn({
      destination: { url: shopUrl, queue: '' },
      worker: '101.first',
      now: at,
      leaseUntil: at + 45_000,
      ...idleTurn,
      maxDelayed: 10,
      maxWaiting: 10,
      ...asked,
    });
    return { ...taken, numbers: taken.calls.map(({ capture }) => numberOf(capture.id)) };
  };
  const numberOf = (id: string) => captures.findIndex((capture) => capture.id === id);
  const placeOf = (index: number) =>
    Number(database.prepare('select place from captures order by place').all([])[index]?.[0]);
  const settled = (index: number, state: Settlement['state'], more: Partial<Settlement> = {}) => ({
    seq: placeOf(index),
    state,
    due: now,
    attempt,
    ...more,
  });
  const states = () =>
    database
      .prepare('select state from deliveries order by capture')
      .all([])
      .map(([state]) => deliveryStates[Number(state)]);
  const takesNone = { maxDelayed: 0, maxWaiting: 0 };
  return { files, captures, database, deliveries, turn, settled, states, takesNone };
}

/** A capture that is not queued yet. */
function insertCapture(database: Database): { seq: number } {
  const seq = seqAt(now);
  database
    .prepare(
      `insert into captures (place, time, method, target, remote, status, headers, events, body)
       values (?, ?, 'POST', '/hook', '203.0.113.7', 200, '[]', '[]', x'')`,
    )
    .run([seq, now]);
  return { seq };
}

const waiting: Fate = { state: 'waiting' };

describe('a turn with the store', () => {
  test('takes the oldest first, as many as are asked for, and each of them once', async () => {
    const { turn, states } = await shop([waiting, waiting, waiting]);
    expect(turn({ maxWaiting: 2 }).numbers).toEqual([0, 1]);
    expect(turn({ worker: '102.second' }).numbers).toEqual([2]);
    expect(turn().numbers).toEqual([]);
    expect(states()).toEqual(['active', 'active', 'active']);
  });

  test('gives a call as it was recorded, with its events, its time in the queue and its tries', async () => {
    const queued = now - minute;
    const { turn, captures } = await shop([{ state: 'delayed', tries: 3, queued }]);
    const [taken] = turn().calls;
    expect(taken).toMatchObject({ queued, tries: 3, capture: { id: captures[0]!.id } });
    expect(Buffer.from(taken!.capture.body)).toEqual(Buffer.from(plainCall.body));
    expect(taken!.capture.headers).toEqual(plainCall.headers);
    expect(taken!.events).toContain('"open"');
  });

  test('leaves the calls of another target, or of another engine, alone', async () => {
    const { turn } = await shop([
      { state: 'waiting', target: 'http://127.0.0.1:3000/other' },
      { state: 'waiting', queue: 'redis://redis.example.com:6379' },
      waiting,
    ]);
    expect(turn().numbers).toEqual([2]);
  });

  test('takes a delayed call when it is due, not before, and tells when the next one is', async () => {
    const { turn } = await shop([
      { state: 'delayed', due: now + minute },
      { state: 'delayed', due: now + 2 * minute },
    ]);
    expect(turn()).toMatchObject({ numbers: [], nextDue: now + minute });
    expect(turn({ now: now + minute })).toMatchObject({ numbers: [0], nextDue: now + 2 * minute });
    expect(turn({ now: now + 2 * minute })).toMatchObject({ numbers: [1], nextDue: null });
  });

  test('takes some of both kinds, so that none waits for ever behind the other', async () => {
    const due: Fate = { state: 'delayed', due: now - minute };
    const { turn } = await shop([due, due, due, waiting, waiting, waiting]);
    expect(turn({ maxDelayed: 1, maxWaiting: 2 }).numbers).toEqual([3, 4, 0]);
  });

  test('in order, takes none that was never tried while one that failed before is left behind', async () => {
    const due: Fate = { state: 'delayed', due: now };
    const { turn } = await shop([due, due, waiting, due]);
    const most = { ordered: true, maxDelayed: 2, maxWaiting: 2 };
    expect(turn(most).numbers).toEqual([0, 1]);
    expect(turn(most).numbers).toEqual([3, 2]);
  });

  test('in order, takes none while another worker has some, until that is known to be gone', async () => {
    const { turn } = await shop([waiting, waiting, { state: 'delayed', due: now }]);
    turn({ worker: '99.gone', renewal, maxWaiting: 1, maxDelayed: 0 });
    expect(turn({ ordered: true }).numbers).toEqual([]);
    const expired = [{ name: '99.gone', beat: 1, process }];
    expect(turn({ ordered: true, expired }).numbers).toEqual([0, 2, 1]);
  });

  test.each([
    ['calls that come to 8 MB together', [3, 3, 3], [0, 1]],
    ['a call that is larger by itself', [9, 1], [0]],
  ])('takes %s, and leaves the rest for the next', async (_, megabytes, taken) => {
    const bodies = megabytes.map((size) => ({ body: new Uint8Array(size * 1024 * 1024) }));
    const { turn } = await shop(
      bodies.map(() => waiting),
      bodies,
    );
    expect(turn().numbers).toEqual(taken);
    expect(turn().numbers).toEqual([taken.length]);
  });

  test('gives an imported capture the id that it came with', async () => {
    const { turn, files } = await shop([]);
    const { captures } = await recordCalls([{}]);
    await importCaptures(files, captures);
    queueCaptures(files, captures, () => waiting);
    expect(turn().calls.map(({ capture }) => capture.id)).toEqual([captures[0]!.id]);
  });

  test('finds what a recorder queues with its recording, and nothing of what came before', async () => {
    const files = filesIn(temporaryFolder());
    const first = await openRecorder(files, processHost());
    await first.record(plainCall);
    await first.close();
    const destination = { url: shopUrl, queue: '' };
    const recorder = await openRecorder(files, processHost(), [destination]);
    onTestFinished(() => recorder.close());
    const { id } = await recorder.record(plainCall);
    const { calls } = prepareDeliveries(databaseOf(files)).turn({
      destination,
      worker: '101.first',
      now,
      leaseUntil: now,
      ...idleTurn,
      maxDelayed: 10,
      maxWaiting: 10,
    });
    expect(calls.map(({ capture }) => capture.id)).toEqual([id]);
  });
});

describe('what became of a call', () => {
  test.each(['delivered', 'dead', 'skipped', 'handed over'] as const)(
    'is %s from the next turn on',
    async (state) => {
      const { turn, settled, states } = await shop([waiting]);
      turn();
      expect(turn({ settled: [settled(0, state)] }).numbers).toEqual([]);
      expect(states()).toEqual([state]);
    },
  );

  test('counts as a try only when it was tried', async () => {
    const { turn, settled } = await shop([waiting]);
    turn();
    const untried = turn({ settled: [settled(0, 'waiting', { attempt: undefined })] });
    expect(untried.calls).toMatchObject([{ tries: 0 }]);
    const tried = turn({ settled: [settled(0, 'delayed')] });
    expect(tried.calls).toMatchObject([{ tries: 1 }]);
  });

  test('is kept with every attempt, in order, as text that can be read again', async () => {
    const { turn, settled, files, captures } = await shop([waiting]);
    turn();
    const answer = 'out of\0stock';
    turn({ settled: [settled(0, 'delayed', { attempt: { ...attempt, answer } })] });
    turn({ settled: [settled(0, 'delivered', { attempt: { ...attempt, status: 200 } })] });
    expect(historyOf(files).story(captures[0]!.id)).toMatchObject({
      outcome: 'delivered',
      attempts: [
        { number: 1, event: null, status: 500, answer: 'out of\ufffdstock' },
        { number: 2, status: 200 },
      ],
    });
  });

  test('is not decided any more by a worker that has lost the call, though its attempt is kept', async () => {
    const { turn, settled, states, files, captures, takesNone } = await shop([waiting]);
    turn({ renewal });
    turn({ worker: '102.second', expired: [{ name: '101.first', beat: 1, process }] });
    turn({ settled: [settled(0, 'dead')], ...takesNone });
    expect(states()).toEqual(['active']);
    turn({ worker: '102.second', settled: [settled(0, 'delivered')], ...takesNone });
    expect(states()).toEqual(['delivered']);
    const {
      attempts,
      deliveries: [delivery],
    } = historyOf(files).story(captures[0]!.id);
    expect(attempts.length).toBe(2);
    expect(delivery?.tries).toBe(1);
  });

  test('needs no capture that was removed meanwhile', async () => {
    const { turn, settled, database } = await shop([waiting]);
    turn();
    const decided = settled(0, 'delivered');
    database.execute('delete from captures; delete from deliveries');
    expect(turn({ settled: [decided] }).numbers).toEqual([]);
    expect(database.prepare('select count(*) from attempts').first([])).toEqual([0]);
  });

  test('changes nothing at all when it cannot be written', async () => {
    const { turn, settled, states, database } = await shop([waiting, waiting, waiting]);
    turn({ maxWaiting: 2 });
    const broken = settled(1, 'delayed', { due: 0.5 });
    expect(() => turn({ settled: [settled(0, 'delivered'), broken] })).toThrow();
    expect(states()).toEqual(['active', 'active', 'waiting']);
    expect(database.prepare('select count(*) from attempts').first([])).toEqual([0]);
  });
});

describe('a call that is with a worker', () => {
  const hour = 60 * minute;
  const second = { worker: '102.second', renewal };

  test.each([
    ['a day ahead', now + 24 * hour],
    ['a day behind', now - 24 * hour],
  ])('stays with it, though the clock of another is %s', async (_, at) => {
    const { turn } = await shop([waiting]);
    turn({ renewal });
    expect(turn({ ...second, now: at }).numbers).toEqual([]);
  });

  test('comes back when its worker expired as it was last seen, and not when that has shown that it lives', async () => {
    const { turn, takesNone } = await shop([waiting, waiting]);
    turn({ renewal });
    const { renewed } = turn({ ...second, ...takesNone });
    expect(renewed?.workers).toEqual([{ name: '101.first', beat: 1, process }]);
    turn({ renewal, ...takesNone });
    expect(turn({ ...second, expired: renewed?.workers ?? [] }).numbers).toEqual([]);
    const later = turn({ ...second, ...takesNone }).renewed?.workers ?? [];
    expect(turn({ ...second, expired: later }).numbers).toEqual([0, 1]);
    expect(turn({ ...second, ...takesNone }).renewed?.workers).toEqual([]);
  });

  test('is none that its worker still holds then', async () => {
    const { turn, database, takesNone } = await shop([waiting, waiting, waiting]);
    const seqs = turn({ renewal }).calls.map(({ seq }) => seq);
    expect(turn({ renewal, ...takesNone }).renewed?.held.toSorted()).toEqual(seqs);
    database.prepare('update deliveries set state = 1 where capture = ?').run([seqs[1] ?? 0]);
    expect(turn({ renewal, ...takesNone }).renewed?.held.toSorted()).toEqual([seqs[0], seqs[2]]);
  });

  test('of version 0.1.0 comes back when that has not renewed its lease since it was seen', async () => {
    const { turn, database, takesNone } = await shop([
      { state: 'active', due: now + 45_000, worker: '7.0af3@shop-1' },
    ]);
    const beat = { name: '7.0af3@shop-1', beat: now + 45_000, process: undefined };
    expect(turn({ ...second, ...takesNone }).renewed?.workers).toEqual([beat]);
    database.prepare('update deliveries set due = ?').run([now + 55_000]);
    expect(turn({ ...second, expired: [beat] }).numbers).toEqual([]);
    expect(turn({ ...second, expired: [{ ...beat, beat: now + 55_000 }] }).numbers).toEqual([0]);
  });

  test('has its lease renewed as version 0.1.0 reads it', async () => {
    const { turn, database, takesNone } = await shop([waiting]);
    turn({ renewal });
    turn({ renewal, now: now + 10_000, ...takesNone });
    expect(database.prepare('select due from deliveries').first([])).toEqual([now + 55_000]);
  });

  test('keeps its worker known, which else is forgotten when it leaves', async () => {
    const { turn, settled, database, takesNone } = await shop([waiting]);
    const workers = () => database.prepare('select name from workers').all([]);
    turn({ renewal });
    turn({ leave: true, ...takesNone });
    expect(workers()).toEqual([['101.first']]);
    turn({ settled: [settled(0, 'delivered')], leave: true, ...takesNone });
    expect(workers()).toEqual([]);
  });
});

describe('the time that a call has waited', () => {
  test('is counted by the queue while a worker lives, and not taken from the clock', async () => {
    const { turn, deliveries, database, takesNone } = await shop([]);
    const counted = (waited: number) =>
      turn({ renewal: { process, waited }, ...takesNone }).renewed?.waited;
    expect([counted(0), counted(10_000), counted(8_000)]).toEqual([0, 10_000, 10_000]);
    const destination = deliveries.destination({ url: shopUrl, queue: '' });
    const { seq } = insertCapture(database);
    deliveries.queue([destination], seq, seq);
    counted(30_000);
    expect(turn({ now: now + 40 * 24 * 3_600_000 }).calls).toMatchObject([{ waited: 10_000 }]);
  });

  test('begins when a worker first takes a call that version 0.1.0 has queued', async () => {
    const { turn, settled, takesNone } = await shop([waiting]);
    turn({ renewal: { process, waited: 5_000 }, ...takesNone });
    expect(turn().calls).toMatchObject([{ waited: 5_000 }]);
    turn({ renewal: { process, waited: 7_000 }, settled: [settled(0, 'delayed')], ...takesNone });
    expect(turn().calls).toMatchObject([{ waited: 5_000, tries: 1 }]);
  });

  test('begins anew when it is asked to be tried again, also by version 0.1.0', async () => {
    const { turn, settled, database, takesNone } = await shop([waiting]);
    turn({ renewal: { process, waited: 5_000 } });
    turn({ settled: [settled(0, 'dead')], ...takesNone });
    database
      .prepare('update deliveries set state = 1, due = ?, queued = ?, tries = 0, worker = null')
      .run([now, now]);
    turn({ renewal: { process, waited: 9_000 }, ...takesNone });
    expect(turn().calls).toMatchObject([{ waited: 9_000 }]);
  });
});

describe('a clock that was set back', () => {
  const far = now + 3 * 60 * minute;

  test('does not hold back what was put off', async () => {
    const { turn } = await shop([{ state: 'delayed', due: far }]);
    expect(turn().numbers).toEqual([]);
    expect(turn({ renewal }).numbers).toEqual([0]);
  });

  test('is not suspected of a delay that may be', async () => {
    const { turn } = await shop([{ state: 'delayed', due: now + 15 * minute }]);
    expect(turn({ renewal }).numbers).toEqual([]);
  });
});

test('hurrying makes due what was put off for this target, and for no other', async () => {
  const target = 'http://127.0.0.1:3000/other';
  const { turn, states } = await shop([
    { state: 'delayed', due: now + minute },
    { state: 'delayed', due: now + minute, target },
  ]);
  expect(turn({ hurry: true }).numbers).toEqual([0]);
  expect(turn({ destination: { url: target, queue: '' } }).numbers).toEqual([]);
  expect(states()).toEqual(['active', 'delayed']);
});
