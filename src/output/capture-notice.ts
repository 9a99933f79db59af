import type { Capture } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import type { SkipReason } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import { keyedEvent } from '../payload/event-key.js';
import type { IdentifiedEvent } from '../payload/payload.js';
import type { CaptureNotice } from './notice.js';

export function captureNotice(
  capture: Omit<Capture, 'headers' | 'body'>,
  reading: {
    readonly bytes: number;
    readonly events: readonly IdentifiedEvent[];
    /** The total; `events` may hold only the first ones. */
    readonly eventCount: number;
    readonly problem: string | null;
    readonly outcome?: Outcome | null;
    readonly skipped?: SkipReason | null | undefined;
    readonly erased?: number | null | undefined;
  },
): CaptureNotice {
  const { events, eventCount } = reading;
  return {
    type: 'capture',
    id: capture.id,
    time: new Date(capture.time).toISOString(),
    method: capture.method,
    target: capture.target,
    remote: capture.remote,
    bytes: reading.bytes,
    status: capture.status,
    panels: [...new Set(events.map((event) => event.panel))],
    events: events.map(keyedEvent),
    eventCount: eventCount > events.length ? eventCount : undefined,
    problem: reading.problem,
    outcome: reading.outcome,
    skipped: reading.skipped ?? undefined,
    erased: reading.erased ?? undefined,
  };
}

export function contentFacts(capture: Capture) {
  const content = readCallContent(capture, 'keys');
  const bytes = capture.body.byteLength;
  if (content.kind === 'problem') {
    return { bytes, events: [], eventCount: 0, problem: content.message };
  }
  const { events, eventCount } = content;
  return { bytes, events, eventCount, problem: null };
}
