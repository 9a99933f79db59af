import type { Capture, HeaderPairs } from '../call/call.js';
import type { Delivery, DeliveryNotice } from '../call/delivery.js';
import { withoutSecrets } from '../call/headers.js';
import type { CaptureStory } from '../call/story.js';
import { captureNotice, contentFacts } from './capture-notice.js';
import type { RecordNotice } from './notice.js';

/** A capture with everything stored about it, for `show` and `export`. */
export function recordNotice(
  capture: Capture,
  { outcome, deliveries, attempts, erased }: CaptureStory,
): RecordNotice {
  const [delivery] = deliveries;
  return {
    ...captureNotice(capture, { ...contentFacts(capture), outcome, erased }),
    headers: capture.headers,
    body: Buffer.from(capture.body).toString('base64'),
    delivery: delivery ? deliveryNotice(delivery) : null,
    deliveries: deliveries.map(deliveryNotice),
    attempts: attempts.map(({ event, time, url, number, status, reason, answer, ms }) => ({
      capture: event === null ? capture.id : `${capture.id}.${event}`,
      to: url,
      number,
      status,
      reason,
      answer,
      ms,
      time: new Date(time).toISOString(),
    })),
  };
}

export function deliveryNotice({
  name,
  target,
  queue,
  state,
  queued,
  due,
  tries,
  skipped,
}: Delivery): DeliveryNotice {
  return {
    name,
    target,
    queue: queue || null,
    state,
    queued: new Date(queued).toISOString(),
    due: due === null ? null : new Date(due).toISOString(),
    tries,
    skipped,
  };
}

/**
 * Reads a line that `export` wrote. Returns a text that describes the fault of an invalid line.
 * Takes only the capture itself, and derives its events from the body again.
 */
export function readRecord(line: string): Capture | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'it is not an object';
  const { type, id, time, method, target, remote, status, headers, body } = value as Record<
    string,
    unknown
  >;
  if (type !== 'capture') return 'its type is not "capture"';
  if (typeof id !== 'string' || !/^[0-9a-hjkmnp-tv-z]{16}(\.\d{1,9})?$/.test(id)) {
    return 'its id is invalid';
  }
  const milliseconds = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(milliseconds)) return 'its time is invalid';
  if (typeof method !== 'string' || !token.test(method) || unsupportedMethods.includes(method)) {
    return 'its method is invalid';
  }
  if (typeof target !== 'string' || typeof remote !== 'string') {
    return 'its target or remote is missing';
  }
  if (!isStatus(status)) return 'its status is invalid';
  if (!isHeaderPairs(headers)) return 'its headers are not pairs of a name and a value';
  // Headers may be sent again, so they must be valid.
  if (!headers.every(isSoundHeader)) return 'its headers are invalid';
  if (typeof body !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(body)) {
    return 'its body is not base64: use the output of history export, not of history list';
  }
  return {
    id,
    time: milliseconds,
    method,
    target,
    remote,
    status,
    headers: keptHeaders(headers),
    body: Buffer.from(body, 'base64'),
  };
}

function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 999;
}

function isHeaderPairs(value: unknown): value is HeaderPairs {
  return (
    Array.isArray(value) &&
    value.every(
      (pair) =>
        Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string'),
    )
  );
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** `listen` never records these methods. */
const unsupportedMethods = ['TRACE', 'CONNECT'];

function isSoundHeader([name, value]: HeaderPairs[number]): boolean {
  return token.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/** Exports hold no secrets, but a file written by hand may. */
function keptHeaders(headers: HeaderPairs): HeaderPairs {
  const cleaned = withoutSecrets(headers, false);
  return headers.map((pair, at) => (pair[1] === 'Basic <right>' ? pair : (cleaned[at] ?? pair)));
}
