import type { ReceivedCall } from '../../src/call/call.js';
import type { DeliveryAttempt, Destination, Settlement } from '../../src/call/delivery.js';
import { processHost } from '../../src/host.js';
import { openRecorder, type Recorder } from '../../src/store/recorder.js';
import { type RunOptions, run } from './run.js';
import { bodyOf, filesIn, plainCall, writeInThisThread } from './store.js';
import { temporaryFolder } from './temporary-folder.js';
import { idleTurn } from './turn.js';

export const shop: Destination = { url: 'http://127.0.0.1:3000/webhooks/netcore', queue: '' };
export const north: Destination = {
  url: 'https://north.example.com/hook',
  queue: 'redis://10.0.0.5:6379',
};
const host = processHost();
export const noon = plainCall.time;
export const minute = 60_000;
export const now = noon + 30 * minute;

export const failed: DeliveryAttempt = {
  time: noon,
  url: shop.url,
  status: 503,
  reason: 'out of stock',
  answer: 'out of stock',
  ms: 12,
};
export const unanswered = { ...failed, status: null, reason: 'No answer came in time.' };
const delivered = { ...failed, status: 200, reason: null };

/** What becomes of the calls, the oldest first; those after them wait. */
export type Fate = Omit<Settlement, 'seq'> | 'with a worker';
const fates: readonly Fate[] = [
  { state: 'delivered', due: 0, attempt: delivered },
  { state: 'dead', due: 0, attempt: failed },
  { state: 'delayed', due: now + 4 * minute, attempt: unanswered },
  { state: 'skipped', due: 0, attempt: undefined },
  'with a worker',
];

/** Records a call a minute for a destination, and lets a worker take the first of them. */
export async function recordFor(
  folder: string,
  destination: Destination,
  calls: readonly Partial<ReceivedCall>[],
  fates: readonly Fate[] = [],
): Promise<string[]> {
  const recorder = await openRecorder(filesIn(folder), host, [destination], writeInThisThread);
  const ids: string[] = [];
  for (const [index, call] of calls.entries()) {
    const time = noon + index * minute;
    ids.push((await recorder.record({ ...plainCall, time, ...call })).id);
  }
  await settle(recorder, destination, fates);
  await recorder.close();
  return ids;
}

async function settle(recorder: Recorder, destination: Destination, fates: readonly Fate[]) {
  const turn = {
    destination,
    worker: `${process.pid}.shop`,
    now: noon,
    leaseUntil: noon + minute,
    ...idleTurn,
  };
  const { calls } = await recorder.turn({ ...turn, maxWaiting: fates.length });
  const settled = fates.flatMap((fate, index) =>
    fate === 'with a worker' ? [] : [{ ...fate, seq: calls[index]!.seq }],
  );
  await recorder.turn({ ...turn, settled });
}

export const emailCall = { body: bodyOf([{ channel: 'email', event: 'bounce', msgid: '546' }]) };
export const smsCall = { body: bodyOf([{ channel: 'sms', event: 'click', msgid: '547' }]) };
export const names = ['delivered', 'dead', 'delayed', 'skipped', 'active', 'waiting'] as const;

/** A store with a call of the shop in each state, the last of them by SMS, and `queue` on it. */
export async function filled() {
  const folder = temporaryFolder();
  const calls = [...Array.from({ length: 5 }, () => emailCall), smsCall];
  const ids = await recordFor(folder, shop, calls, fates);
  return { folder, ids, ...queueOn(folder) };
}

/** The same with a second target, whose calls are handed over to Redis. */
export async function filledForTwo() {
  const store = await filled();
  const handedOver: Fate = { state: 'handed over', due: 0, attempt: undefined };
  const northIds = await recordFor(store.folder, north, [smsCall, smsCall], [handedOver]);
  return { ...store, northIds };
}

export function queueOn(folder: string) {
  const queue = (words: readonly string[], options: RunOptions = {}) =>
    run(['queue', ...words, '--store', folder], { now: () => now, ...options });
  const json = async (...words: string[]) => parsed((await queue([...words, '--json'])).out);
  /** The state of every call, by its id. */
  const states = async () =>
    Object.fromEntries((await json('list')).map(({ capture, state }) => [capture, state]));
  return { queue, json, states };
}

export const parsed = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

export const noStates = { waiting: 0, delayed: 0, active: 0, delivered: 0, dead: 0, skipped: 0 };
export const changeable = ['waiting', 'delayed', 'dead', 'delivered', 'skipped'] as const;
export const oneEach = { waiting: 1, delayed: 1, active: 1, delivered: 1, dead: 1, skipped: 1 };
