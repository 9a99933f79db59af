import type { Capture, HeaderPairs, OutgoingCall } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import { headerValue } from '../call/headers.js';
import { idHeader } from '../call/own-headers.js';
import { type Credentials, planCall } from '../call/plan-call.js';
import { countEvents } from '../output/capture-lines.js';
import type { MadeCall } from './send-calls.js';

/** The settings that all captures of a replay share. */
export interface ReplayTarget {
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  /** These replace headers of the same name. */
  readonly headers: HeaderPairs;
  readonly userAgent: string;
}

/**
 * A capture as a call to another target, with its method, body, content type and content coding.
 */
export function planReplay(capture: Capture, target: ReplayTarget): OutgoingCall {
  const given = new Set(target.headers.map(([name]) => name.toLowerCase()));
  const coding = headerValue(capture.headers, 'content-encoding');
  const own: HeaderPairs = [
    [idHeader, capture.id],
    ...(coding === undefined ? [] : [['Content-Encoding', coding] as const]),
  ];
  return planCall({
    ...target,
    method: capture.method,
    body: capture.body,
    contentType: headerValue(capture.headers, 'content-type') ?? null,
    headers: [...own.filter(([name]) => !given.has(name.toLowerCase())), ...target.headers],
  });
}

/** The replay, with the facts for its notice. */
export function makeReplay(capture: Capture, target: ReplayTarget): MadeCall {
  const content = readCallContent(capture);
  const { events, eventCount } =
    content.kind === 'payload' ? content : { events: [], eventCount: 0 };
  return {
    capture: capture.id,
    call: planReplay(capture, target),
    sent: {
      what: countEvents(events) || (capture.body.length === 0 ? 'empty body' : 'no events'),
      events: eventCount,
      msgid: events.find(({ msgid }) => msgid !== null)?.msgid ?? null,
    },
  };
}
