import type { Capture, HeaderPairs } from '../../call/call.js';
import type { DeliveryAttempt } from '../../call/delivery.js';
import type { EventSummary } from '../../payload/payload.js';
import type { QueuedCall } from '../queue.js';

/** A call to be queued: what it came to elsewhere does not count. */
export type NewCall = Pick<QueuedCall, 'capture' | 'events' | 'queued'>;

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
}

/** What changes with every try. It lies apart from the body, so that a try need not write that. */
export interface JobProgress {
  readonly tries: number;
  /** When it was queued, or asked to be tried again. Missing: when the job was made. */
  readonly queued?: number;
  /** When it is tried again, in milliseconds since 1970. */
  readonly due?: number;
  readonly last?: DeliveryAttempt;
}

/** What a call came to that is at its end, and not dead. */
export interface JobResult {
  readonly state: 'delivered' | 'skipped' | 'handed over';
  readonly tries: number;
  readonly last?: DeliveryAttempt;
}

export function jobData({ capture, events }: NewCall): JobData {
  const { body, ...rest } = capture;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { ...rest, body: bytes.toString('base64'), ...(events && { events }) };
}

export function captureOf({ body, events: _, ...rest }: JobData): Capture {
  const bytes = Buffer.from(body, 'base64');
  return { ...rest, body: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** A queued call; `made`: when its job was made. */
export function queuedCall(data: JobData, progress: JobProgress, made: number): QueuedCall {
  const queued = progress.queued ?? made;
  return {
    capture: captureOf(data),
    events: data.events,
    queued,
    waitedMs: Math.max(0, Date.now() - queued),
    tries: progress.tries,
  };
}

const untried: JobProgress = { tries: 0 };

/** The library says 0 where nothing was kept yet. */
export function progressOf(kept: unknown): JobProgress {
  return isRecord(kept) && typeof kept.tries === 'number' ? (kept as never) : untried;
}

export function resultOf(kept: unknown): JobResult | undefined {
  return isRecord(kept) && typeof kept.state === 'string' ? (kept as never) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
