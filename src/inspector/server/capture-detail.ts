import type { Capture } from '../../call/call.js';
import { readCallContent } from '../../call/content.js';
import { plainBody } from '../../call/content-coding.js';
import type { CaptureStory, RecordedAttempt } from '../../call/story.js';
import { deliveryNotice } from '../../output/capture-record.js';
import type { CaptureDetail, SentCall } from '../api.js';
import { describedCall } from './listed-call.js';

/** Of a larger body only so much is shown as text, in bytes; all of it can be downloaded. */
const maxText = 256 * 1024;
/** A larger body is not read: what it comes to in memory could be the end of the inspector. */
const maxRead = 32 * 1024 * 1024;

/** A capture with all that was recorded of it. */
export function captureDetail(
  capture: Capture,
  { outcome, delivery, attempts }: CaptureStory,
): CaptureDetail {
  const content = capture.body.byteLength > maxRead ? unread : readCallContent(capture);
  const { body } = plainBody(capture);
  return {
    ...describedCall({
      ...capture,
      bytes: capture.body.byteLength,
      events: content.kind === 'payload' ? content.events : [],
      eventCount: content.kind === 'payload' ? content.eventCount : 0,
      problem: content.kind === 'payload' ? null : content.message,
      outcome,
      skipped: delivery?.skipped ?? null,
    }),
    headers: capture.headers,
    payload: content.kind === 'payload' ? content.text() : null,
    // A character that the end cuts through is left out.
    text: new TextDecoder().decode(body.subarray(0, maxText), { stream: true }),
    cut: body.byteLength > maxText,
    delivery: delivery ? deliveryNotice(delivery) : null,
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
