import type { Capture } from '../call/call.js';
import type { Outcome } from '../call/outcome.js';
import type { CaptureNotice } from '../output/notice.js';
import type { EventSummary } from '../payload/payload.js';

/** What of a capture goes into its notice; the reading of its body comes beside it. */
export function captureNotice(
  capture: Omit<Capture, 'headers' | 'body'>,
  reading: {
    readonly bytes: number;
    readonly events: readonly EventSummary[];
    readonly problem: string | null;
    readonly outcome?: Outcome | null;
  },
): CaptureNotice {
  return {
    type: 'capture',
    id: capture.id,
    time: new Date(capture.time).toISOString(),
    method: capture.method,
    target: capture.target,
    remote: capture.remote,
    bytes: reading.bytes,
    status: capture.status,
    panels: [...new Set(reading.events.map((event) => event.panel))],
    events: reading.events,
    problem: reading.problem,
    outcome: reading.outcome,
  };
}
