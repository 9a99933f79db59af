import type { Capture } from '../../call/call.js';
import { readCallContent } from '../../call/content.js';
import { plainBody } from '../../call/content-coding.js';
import type { CaptureStory, RecordedAttempt } from '../../call/story.js';
import { deliveryNotice } from '../../output/capture-record.js';
import type { CaptureDetail, SentCall } from '../api.js';
import { describedCall } from './listed-call.js';

/** Bytes of text to show of a body; all of it can be downloaded. */
const maxText = 256 * 1024;
/** Reading a larger body could exhaust the inspector's memory. */
const maxRead = 32 * 1024 * 1024;
/** Computing the keys of a larger body would delay other calls. */
const maxKeyed = 256 * 1024;

export function captureDetail(
  capture: Capture,
  { outcome, deliveries, attempts, erased }: CaptureStory,
): CaptureDetail {
  const content =
    capture.body.byteLength > maxRead
      ? unread
      : readCallContent(capture, capture.body.byteLength <= maxKeyed ? 'keys' : 'summary');
  const { body } = plainBody(capture);
  const [delivery] = deliveries;
  return {
    ...describedCall({
      ...capture,
      bytes: capture.body.byteLength,
      events: content.kind === 'payload' ? content.events : [],
      eventCount: content.kind === 'payload' ? content.eventCount : 0,
      problem: content.kind === 'payload' ? null : content.message,
      outcome,
      skipped: delivery?.skipped ?? null,
      erased: erased ?? null,
    }),
    headers: capture.headers,
    payload: content.kind === 'payload' ? content.text() : null,
    // Drops a character that the end splits.
    text: new TextDecoder().decode(body.subarray(0, maxText), { stream: true }),
    cut: body.byteLength > maxText,
    delivery: delivery ? deliveryNotice(delivery) : null,
    deliveries: deliveries.map(deliveryNotice),
    attempts: attempts.map(sentCall),
  };
}

const unread = {
  kind: 'problem',
  message: 'The body is too large to be shown here. It can be downloaded.',
} as const;

function sentCall({ url, time, ...attempt }: RecordedAttempt): SentCall {
  return { ...attempt, to: url, time: new Date(time).toISOString() };
}
