import type { Capture, HeaderPairs, OutgoingCall } from './call.js';
import { headerValue } from './headers.js';
import { idHeader } from './own-headers.js';
import { type Credentials, planCall } from './plan-call.js';

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
