import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Capture, HeaderPairs } from '../../call/call.js';
import {
  asSkipReason,
  type DeliveryAttempt,
  type DeliveryState,
  type QueueCounts,
  type RemoteOutcome,
  type SkipReason,
} from '../../call/delivery.js';
import type { IdentifiedEvent } from '../../payload/payload.js';
import type { Decision, QueuedCall } from '../queue.js';
import { runScript } from './adapted-scripts.js';
import { captureIdOf, pausedKey, queueBase } from './keys.js';

/** A call to be queued. */
export type NewCall = Pick<
  QueuedCall,
  'capture' | 'events' | 'queued' | 'waitedMs' | 'tries' | 'redelivery'
>;

/** The constant part of a queued call, as Redis stores it. */
export interface JobData {
  readonly id: string;
  readonly time: number;
  readonly method: string;
  readonly target: string;
  readonly remote: string;
  readonly headers: HeaderPairs;
  /** In base64. */
  readonly body: string;
  readonly status: number;
  readonly events?: readonly IdentifiedEvent[];
  /** By the listener's clock. Missing in jobs of version 0.1.0. */
  readonly queued?: number;
  readonly redelivery?: number;
}

/** The part that changes with each attempt. It is separate, so that an attempt does not rewrite the body. */
export interface JobProgress {
  /** Missing: the call has not ended. */
  readonly state?: 'delivered' | 'skipped' | 'handed over' | 'dead';
  readonly tries: number;
  /** When a retry of the call was requested, by the server's clock. */
  readonly queued?: number;
  readonly last?: DeliveryAttempt;
  /** Why the call was skipped. */
  readonly skipped?: SkipReason;
}

/** The end of a call that is not dead. */
export interface JobResult extends JobProgress {
  readonly state: 'delivered' | 'skipped' | 'handed over';
  /** The tags of the stores that get the outcome. The server may have lost the job, which has them too. */
  readonly owners: string;
}

/** Larger events are read from the body instead. */
const maxEventsLength = 64 * 1024;

export function jobData({ capture, events, queued, redelivery }: NewCall): string {
  const { body, ...rest } = capture;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const data: JobData = {
    ...rest,
    body: bytes.toString('base64'),
    queued,
    ...(redelivery !== undefined && { redelivery }),
  };
  const eventsText = events && JSON.stringify(events);
  const text = JSON.stringify(data);
  if (eventsText === undefined || eventsText.length > maxEventsLength) return text;
  return `${text.slice(0, -1)},"events":${eventsText}}`;
}

/** Distinguishes a call from all others, including those with the same id, and those for another handler. */
export function jobKey(
  { capture, queued }: Pick<NewCall, 'capture' | 'queued'>,
  target: string,
): string {
  const { body, ...rest } = capture;
  return createHash('sha256')
    .update(JSON.stringify([queued, rest, target]))
    .update(body)
    .digest('hex')
    .slice(0, 16);
}

export function captureOf({
  body,
  events: _,
  queued: __,
  redelivery: ___,
  ...rest
}: JobData): Capture {
  const bytes = Buffer.from(body, 'base64');
  return { ...rest, body: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** A queued call. Its job was `created` and `taken` at these times of the server's clock. */
export function queuedCall(
  data: JobData,
  progress: JobProgress,
  created: number,
  taken: number,
): QueuedCall {
  return {
    capture: captureOf(data),
    events: data.events,
    queued: progress.queued ?? data.queued ?? created,
    waitedMs: Math.max(0, taken - (progress.queued ?? created)),
    tries: progress.tries,
    redelivery: data.redelivery,
  };
}

const untried: JobProgress = { tries: 0 };

/** Reads a stored progress. BullMQ returns 0 if none was stored. */
export function progressOf(stored: unknown): JobProgress {
  return isRecord(stored) && typeof stored.tries === 'number' ? (stored as never) : untried;
}

/** Longer answers of delivered calls are truncated to this many characters. */
const maxAnswerLength = 256;

/** A call's progress after a decision. Only an attempt counts as a try. */
export function progressAfter(progress: JobProgress, decision: Decision): JobProgress {
  const { queued, last, tries } = progress;
  const attempt = 'attempt' in decision ? decision.attempt : undefined;
  const latest = attempt ?? last;
  return {
    // It must come first: scripts detect an ended call by the start of the text.
    ...(decision.state === 'dead' && { state: 'dead' }),
    tries: attempt ? tries + 1 : tries,
    ...(queued !== undefined && { queued }),
    ...(latest && { last: latest }),
    ...('reason' in decision && decision.reason && { skipped: decision.reason }),
  };
}

/** The end of a call after a decision. Undefined: the call has not ended, or is dead. */
export function resultAfter(
  progress: JobProgress,
  decision: Decision,
  owners: string,
): JobResult | undefined {
  switch (decision.state) {
    case 'delivered':
    case 'skipped':
    case 'handed over': {
      const { state: _, last, ...rest } = progressAfter(progress, decision);
      return {
        // It must come first: scripts detect an ended call by the start of the text.
        state: decision.state,
        ...rest,
        ...(last && { last: shortened(last) }),
        owners,
      };
    }
    default:
      return undefined;
  }
}

function shortened(attempt: DeliveryAttempt): DeliveryAttempt {
  return { ...attempt, answer: attempt.answer?.slice(0, maxAnswerLength) ?? null };
}

/** Why a call is dead, for dashboards of BullMQ. */
export function deathReason(last: DeliveryAttempt | undefined): string {
  if (!last) return 'given up';
  return last.reason ?? (last.status === null ? 'no answer' : `answered ${last.status}`);
}

/**
 * Reads what the scripts report of a job. It is the job's progress as JSON, which `queue retry` and `queue drop`
 * write too, or the summary of a call that ended earlier: state, tries, time, status and milliseconds.
 */
export function readOutcome(text: string): Omit<RemoteOutcome, 'capture' | 'job'> | undefined {
  return readSummary(text) ?? readProgress(text);
}

function readSummary(text: string): ReturnType<typeof readOutcome> {
  const [state = '', tries, time, status, ms] = text.split(' ');
  if (!isReportedState(state)) return undefined;
  const attempt: DeliveryAttempt = {
    time: Number(time),
    // The recorder fills in the URL of the call's queue.
    url: '',
    status: status === undefined || status === '-' ? null : Number(status),
    reason: null,
    answer: null,
    ms: Number(ms),
  };
  const last = Number(time) > 0 ? attempt : null;
  return { state, to: null, tries: Number(tries), last, skipped: null };
}

function readProgress(text: string): ReturnType<typeof readOutcome> {
  const stored = parsed(text);
  if (!isRecord(stored)) return undefined;
  const state = stored.state ?? 'handed over';
  if (typeof state !== 'string' || !isReportedState(state)) return undefined;
  const { tries, last } = progressOf(stored);
  return {
    state,
    to: typeof stored.to === 'string' ? stored.to : null,
    tries,
    last: last ?? null,
    skipped: asSkipReason(stored.skipped),
  };
}

const reportedStates: readonly RemoteOutcome['state'][] = [
  'handed over',
  'delivered',
  'dead',
  'skipped',
  'dropped',
  'moved',
];

function isReportedState(state: string): state is RemoteOutcome['state'] {
  return reportedStates.some((each) => each === state);
}

function parsed(text: string | null | undefined): unknown {
  if (text === null || text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A queued call and its state, as BullMQ's lists show it. */
export interface ListedJob {
  readonly queue: string;
  readonly job: string;
  readonly state: DeliveryState;
}

type ReadList = (client: Redis, base: string) => Promise<string[]>;
const listsOf: Readonly<Partial<Record<DeliveryState, readonly ReadList[]>>> = {
  waiting: [
    (client, base) => client.lrange(`${base}wait`, 0, -1),
    // Calls that wait in a lane.
    (client, base) => client.smembers(`${base}held`),
  ],
  delayed: [(client, base) => client.zrange(`${base}delayed`, 0, '-1')],
  active: [(client, base) => client.lrange(`${base}active`, 0, -1)],
  dead: [(client, base) => client.zrange(`${base}failed`, 0, '-1')],
};

/** Lists a queue's calls in these states. `RedisLimits` bounds their number. */
export async function listJobs(
  client: Redis,
  queue: string,
  states: readonly DeliveryState[],
  captures: readonly string[] = [],
): Promise<ListedJob[]> {
  const wanted = new Set(captures);
  const base = queueBase(queue);
  const found = await Promise.all(
    states.map(async (state) => {
      const lists = await Promise.all((listsOf[state] ?? []).map((read) => read(client, base)));
      return lists.flat().map((job) => ({ queue, job, state }));
    }),
  );
  const jobs = found.flat();
  return wanted.size === 0 ? jobs : jobs.filter(({ job }) => wanted.has(captureIdOf(job)));
}

/** A queued call without its body. Times are those of the server's clock. */
export interface JobFacts {
  readonly queued: number;
  /** When a delayed call is retried. */
  readonly due: number | null;
  readonly progress: JobProgress;
}

/** Reads the facts of a job. Undefined: it was removed. BullMQ would read its body too. */
export async function readJobFacts(
  client: Redis,
  queue: string,
  job: string,
): Promise<JobFacts | undefined> {
  const base = queueBase(queue);
  const [[created, text], score] = await Promise.all([
    client.hmget(`${base}${job}`, 'timestamp', 'progress'),
    client.zscore(`${base}delayed`, job),
  ]);
  if (created === null || created === undefined) return undefined;
  const progress = progressOf(parsed(text));
  return {
    queued: progress.queued ?? Number(created),
    // BullMQ stores twelve more bits, which order calls that are due at the same time.
    due: score === null ? null : Math.floor(Number(score) / 4096),
    progress,
  };
}

/**
 * Counts calls by state, including those that have left Redis. A delayed call that is due again counts as waiting
 * until a worker takes it.
 */
export async function countJobs(client: Redis, queue: string): Promise<QueueCounts> {
  const answer = await runScript(client, 'readCounts', queueBase(queue));
  const counts = Array.isArray(answer) ? answer.map(Number) : [];
  const [waiting = 0, delayed = 0, active = 0, dead = 0] = counts;
  const [delivered = 0, skipped = 0, handedOver = 0, now = Date.now()] = counts.slice(4);
  const clockAheadMs = now - Date.now();
  const oldest = waiting + delayed + active > 0 ? await oldestQueued(client, queue) : null;
  return {
    states: { waiting, delayed, active, delivered, dead, skipped, 'handed over': handedOver },
    oldest: oldest === null ? null : oldest - clockAheadMs,
    paused: await pausedSince(client, queue),
  };
}

export async function pausedSince(client: Redis, queue: string): Promise<number | null> {
  const since = await client.hget(pausedKey, queue);
  return since === null ? null : Number(since);
}

/** The oldest call may have been retried since, so that others have waited longer. */
const maxOldestRead = 100;

/** When the call that has waited longest was queued, of those recorded first. Ids sort by that. */
async function oldestQueued(client: Redis, queue: string): Promise<number | null> {
  const jobs = await listJobs(client, queue, ['waiting', 'delayed', 'active']);
  const ids = jobs
    .map(({ job }) => job)
    .sort()
    .slice(0, maxOldestRead);
  const facts = await Promise.all(ids.map((id) => readJobFacts(client, queue, id)));
  const queued = facts.flatMap((each) => (each ? [each.queued] : []));
  return queued.length > 0 ? Math.min(...queued) : null;
}
