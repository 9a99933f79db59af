import type { Capture } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import type { SkipReason } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import type { EventSummary } from '../payload/payload.js';
import type { CaptureNotice } from './notice.js';

/** What of a capture goes into its notice; the reading of its body comes beside it. */
export function captureNotice(
  capture: Omit<Capture, 'headers' | 'body'>,
  reading: {
    readonly bytes: number;
    readonly events: readonly EventSummary[];
    /** How many there are; `events` may be only the first of them. */
    readonly eventCount: number;
    readonly problem: string | null;
    readonly outcome?: Outcome | null;
    readonly skipped?: SkipReason | null | undefined;
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
    events,
    eventCount: eventCount > events.length ? eventCount : undefined,
    problem: reading.problem,
    outcome: reading.outcome,
    skipped: reading.skipped ?? undefined,
  };
}

/** What a whole capture's body says, for its notice. */
export function contentFacts(capture: Capture) {
  const content = readCallContent(capture);
  const bytes = capture.body.byteLength;
  if (content.kind === 'problem') {
    return { bytes, events: [], eventCount: 0, problem: content.message };
  }
  const { events, eventCount } = content;
  return { bytes, events, eventCount, problem: null };
}
