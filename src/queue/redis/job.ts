import { createHash } from 'node:crypto';
import type { Capture, HeaderPairs } from '../../call/call.js';
import {
  asSkipReason,
  type DeliveryAttempt,
  type RemoteOutcome,
  type SkipReason,
} from '../../call/delivery.js';
import type { EventSummary } from '../../payload/payload.js';
import type { QueuedCall } from '../queue.js';

/** A call to be queued: what it came to elsewhere does not count. */
export type NewCall = Pick<QueuedCall, 'capture' | 'events' | 'queued' | 'waitedMs'>;

/** What never changes of a queued call, as it is kept in Redis. */
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
  readonly events?: readonly EventSummary[];
  /** By the clock of the listener. Missing: it is a job of version 0.1.0. */
  readonly queued?: number;
}

/** What changes with every try. It lies apart from the body, so that a try need not write that. */
export interface JobProgress {
  /** Missing: the call has not come to its end. */
  readonly state?: EndState;
  readonly tries: number;
  /** When somebody asked for it to be tried again, by the clock of the server. */
  readonly queued?: number;
  readonly last?: DeliveryAttempt;
  /** Of a skipped one. */
  readonly skipped?: SkipReason;
}

type EndState = 'delivered' | 'skipped' | 'handed over' | 'dead';

/** What a call came to that is at its end, and not dead. */
export interface JobResult extends JobProgress {
  readonly state: 'delivered' | 'skipped' | 'handed over';
  /** The tags of the stores that are told: kept here, since the server may have lost the job. */
  readonly owners: string;
}

/** Events above this size are left to be read from the body. */
const maxEventsLength = 64 * 1024;

export function jobData({ capture, events, queued }: NewCall): string {
  const { body, ...rest } = capture;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const data: JobData = { ...rest, body: bytes.toString('base64'), queued };
  const eventsText = events && JSON.stringify(events);
  const text = JSON.stringify(data);
  if (eventsText === undefined || eventsText.length > maxEventsLength) return text;
  return `${text.slice(0, -1)},"events":${eventsText}}`;
}

/** Tells a call from every other one, also when both have the same id. */
export function jobKey({ capture, queued }: Pick<NewCall, 'capture' | 'queued'>): string {
  const { body, ...rest } = capture;
  return createHash('sha256')
    .update(JSON.stringify([queued, rest]))
    .update(body)
    .digest('hex')
    .slice(0, 16);
}

function captureOf({ body, events: _, queued: __, ...rest }: JobData): Capture {
  const bytes = Buffer.from(body, 'base64');
  return { ...rest, body: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** A queued call; `made` and `taken`: when its job was made and taken, by the clock of the server. */
export function queuedCall(
  data: JobData,
  progress: JobProgress,
  made: number,
  taken: number,
): QueuedCall {
  return {
    capture: captureOf(data),
    events: data.events,
    queued: progress.queued ?? data.queued ?? made,
    waitedMs: Math.max(0, taken - (progress.queued ?? made)),
    tries: progress.tries,
  };
}

const untried: JobProgress = { tries: 0 };

/** The library says 0 where nothing was kept yet. */
export function progressOf(kept: unknown): JobProgress {
  return isRecord(kept) && typeof kept.tries === 'number' ? (kept as never) : untried;
}

/**
 * What the scripts report of a job: its progress, as JSON; what the admin did, the same with `to`; or,
 * of a call that ended a while ago, state, tries, time, status and milliseconds.
 */
export function readOutcome(text: string): Omit<RemoteOutcome, 'capture' | 'job'> | undefined {
  const [state = '', tries, time, status, ms] = text.split(' ');
  if (isReportedState(state)) {
    const answered = status !== undefined && status !== '-';
    const attempt: DeliveryAttempt = {
      time: Number(time),
      // That of the call's queue.
      url: '',
      status: answered ? Number(status) : null,
      reason: null,
      answer: null,
      ms: Number(ms),
    };
    const hasAttempt = Number(time) > 0;
    const last = hasAttempt ? attempt : null;
    return { state, to: null, tries: Number(tries), last, skipped: null };
  }
  const kept = parsed(text);
  if (!isRecord(kept)) return undefined;
  const said = kept.state ?? 'handed over';
  if (typeof said !== 'string' || !isReportedState(said)) return undefined;
  const { tries: count, last } = progressOf(kept);
  return {
    state: said,
    to: typeof kept.to === 'string' ? kept.to : null,
    tries: count,
    last: last ?? null,
    skipped: asSkipReason(kept.skipped),
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

export function parsed(text: string | null | undefined): unknown {
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
