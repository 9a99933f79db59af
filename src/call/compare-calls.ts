import { compareJson, type Difference } from '../payload/compare-json.js';
import type { ReceivedCall } from './call.js';
import { readCallContent } from './content.js';

type ComparableCall = Pick<ReceivedCall, 'method' | 'target' | 'status' | 'headers' | 'body'>;

/** Headers that differ between any two calls. */
const foldedHeaders =
  /^(?:date|content-length|traceparent|tracestate|cf-ray|x-amzn-trace-id|(?:x-)?(?:request|correlation|trace|span)-?id)$/i;

/**
 * Compares two calls: the request, its headers, and the payload, or the body as text where it is none.
 * Paths begin with `method`, `target`, `status`, `headers`, `payload` or `body`.
 */
export function compareCalls(one: ComparableCall, other: ComparableCall): Difference[] {
  const facts = ({ method, target, status }: ComparableCall) =>
    JSON.stringify({ method, target, status });
  return [
    ...compareJson(facts(one), facts(other)),
    ...compareJson(headersOf(one), headersOf(other), ['headers']).map((difference) => {
      const name = String(difference.path[1]);
      return { ...difference, folded: difference.folded || foldedHeaders.test(name) };
    }),
    ...compareContent(one, other),
  ];
}

/** Compares only the payloads, or the bodies as text where one is no payload. */
export function compareContent(one: ComparableCall, other: ComparableCall): Difference[] {
  const [reading, otherReading] = [readCallContent(one), readCallContent(other)];
  if (reading.kind === 'payload' && otherReading.kind === 'payload') {
    return compareJson(reading.text(), otherReading.text(), ['payload']);
  }
  const [text, otherText] = [bodyText(one), bodyText(other)];
  return compareJson(text, otherText, ['body']);
}

/** Names in lower case; the values of a repeated header as one. */
function headersOf({ headers }: ComparableCall): string {
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = values.get(key);
    values.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return JSON.stringify(Object.fromEntries(values));
}

function bodyText({ body }: ComparableCall): string {
  return JSON.stringify(Buffer.from(body).toString('utf8'));
}
