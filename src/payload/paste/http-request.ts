import { readBody } from './body.js';
import { spend } from './effort.js';
import type { ReadText } from './json-value.js';
import { failed, joined, type Reading, readEach } from './reading.js';
import {
  assembled,
  layered,
  type Piece,
  part,
  peeled,
  remarked,
  type Source,
  spendPasses,
} from './source.js';

const requestLine = /^[ \t]*(?:POST|PUT|PATCH|GET|DELETE) \S{1,4000} HTTP\/\d(?:\.\d)?[ \t]*\r?$/gm;

const maxRequests = 1000;

/** Reads the bodies of HTTP requests; undefined when the text has no request. */
export function readHttpRequest(source: Source, readText: ReadText): Reading | undefined {
  const { text } = source;
  spendPasses(source, 1);
  const starts: number[] = [];
  for (const match of text.matchAll(requestLine)) {
    starts.push(match.index);
    if (starts.length > maxRequests) break;
  }
  const first = starts[0];
  // Text before the first request suggests a log or prose, which the search handles.
  if (first === undefined || text.slice(0, first).trim() !== '') return undefined;
  const requests = starts
    .slice(0, maxRequests)
    .map((start, index) => part(source, start, starts[index + 1] ?? text.length));
  const readings = readEach(requests, (request) => readOne(request, readText));
  const all = joined(readings);
  if (all.found.length > 0 && readings.some(({ found }) => found.length === 0)) {
    const message = 'Another request without a payload follows.';
    return {
      ...all,
      found: all.found.map((one) => remarked(one, { code: 'text_after', message })),
    };
  }
  return all;
}

/** The minimum steps for a request. */
const costOfRequest = 1000;

function readOne(request: Source, readText: ReadText): Reading {
  const { text } = request;
  spend(request.effort, costOfRequest + text.length * 3);
  const blank = /\r?\n[ \t]*\r?\n/.exec(text);
  const headers = blank ? text.slice(0, blank.index) : text;
  const layer = {
    name: 'http_request',
    detail: headers.slice(0, 80).split(/\r?\n/, 1)[0] ?? '',
  } as const;
  const body = blank ? part(request, blank.index + blank[0].length) : part(request, text.length);
  if (body.text.trim() === '')
    return failed('no_data_field', () => ({ in: 'the request: it has no body', fields: [] }));
  const chunked = /^transfer-encoding:[^\n]{0,100}\bchunked\b/im.test(headers);
  const named = layered(body, layer);
  const whole = (chunked ? withoutChunks(named) : undefined) ?? named;
  const reading = readBody(whole, readText);
  if (reading.found.length === 0 || chunked) return reading;
  const length = Number(
    /^content-length:[ \t]*(\d{1,12})[ \t]*\r?$/im.exec(headers)?.[1] ?? Number.NaN,
  );
  const bytes = new TextEncoder().encode(body.text.trimEnd()).length;
  if (!(bytes > length)) return reading;
  const message = `The body has ${bytes} bytes, but its Content-Length is ${length}.`;
  return {
    ...reading,
    found: reading.found.map((one) => remarked(one, { code: 'length_differs', message })),
  };
}

/** Joins the chunks of a body; undefined when they are invalid. */
function withoutChunks(body: Source): Source | undefined {
  spendPasses(body, 4);
  const bytes = new TextEncoder().encode(body.text);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const whole = new Uint8Array(bytes.length);
  let written = 0;
  for (let at = 0; at < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, at);
    const line = decoder.decode(bytes.subarray(at, feed === -1 ? bytes.length : feed)).trim();
    const size = /^[\da-f]{1,8}(?=;|$)/i.exec(line)?.[0];
    if (size === undefined) return undefined;
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    const start = feed + 1;
    if (feed === -1 || start + length > bytes.length) return undefined;
    whole.set(bytes.subarray(start, start + length), written);
    written += length;
    at = start + length;
    if (bytes[at] === 0x0d) at += 1;
    if (bytes[at] === 0x0a) at += 1;
  }
  const text = decoder.decode(whole.subarray(0, written));
  return peeled(body, text, { name: 'http_request', detail: 'chunks' }, () => 0);
}

/** Removes curl's own lines from the output of `curl --verbose`. */
export function withoutCurlVerbose(source: Source): Source | undefined {
  if (!/^> (?:POST|PUT) \S{1,4000} HTTP\//m.test(source.text)) return undefined;
  const pieces: Piece[] = [];
  let from = 0;
  for (const line of source.text.split('\n')) {
    if (!/^(?:[><*](?: |\r?$)|[{}] \[)/.test(line)) pieces.push({ text: `${line}\n`, from });
    from += line.length + 1;
  }
  return assembled(source, pieces, { name: 'http_request', detail: 'curl --verbose' });
}
