import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Capture } from '../../src/call/call.js';
import { type CaptureQuery, everyCapture } from '../../src/call/capture-query.js';
import { readCallContent } from '../../src/call/content.js';
import type { DeliveryState } from '../../src/call/delivery.js';
import { type Outcome, outcomes } from '../../src/call/outcome.js';
import { filtersNothing, matchesFilter } from '../../src/payload/event-filter.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { openAttemptLog } from '../../src/store/outcomes.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import { bodyOf, historyOf, recordCalls } from '../helpers/store.js';

/*
 * What a history promises of its answers, against the plainest reading of a query: every capture is
 * looked at, one after the other, in the list in which they were recorded.
 */
const people = ['asha@example.com', 'ravi@example.com', '0000000001'];
const events = [
  { channel: 'email', event: 'Opened', msgid: '546', event_params: { email: people[0] } },
  { channel: 'email', event: 'bounce', msgid: '547', event_params: { email: people[1] } },
  { channel: 'SMS', event: 'delivered', msgid: '548', event_params: { mobile: people[2] } },
  { channel: 'whatsapp', event: 'clicked', msgid: 546, event_params: { mobile: people[2] } },
  { channel: 'custom_activity', event_params: { asset_name: 'Product Search', email: people[0] } },
  { channel: 'fax', event: 'Read', event_params: { name: 'Autumn sale: 20 % off' } },
  { channel: 'email\0x', event: 'nul\0l' },
  null,
];
const bodies: readonly Uint8Array[] = [
  ...events.map((event) => bodyOf([event])),
  bodyOf([events[0], events[0], events[2]]),
  bodyOf([events[1], events[4]], 'netcore_hook_test_north'),
  Buffer.from('Autumn sale, but no form'),
  Buffer.from('data=%7B'),
  new Uint8Array(),
];

interface Became {
  readonly queued?: DeliveryState;
  readonly tries?: number;
  /** What it was answered when it was sent again: the whole, or an event of it. */
  readonly replayed?: readonly { readonly event: number | null; readonly status: number | null }[];
  readonly outcome: Outcome | null;
}

const whole = (status: number | null) => ({ event: null, status });
const fates: readonly Became[] = [
  { outcome: null },
  { queued: 'waiting', outcome: 'waiting' },
  { queued: 'delayed', tries: 2, outcome: 'failed' },
  { queued: 'delayed', outcome: 'waiting' },
  { queued: 'active', outcome: 'waiting' },
  { queued: 'active', tries: 1, outcome: 'failed' },
  { queued: 'delivered', tries: 3, outcome: 'delivered' },
  { queued: 'dead', tries: 5, outcome: 'dead' },
  { queued: 'skipped', outcome: 'skipped' },
  { queued: 'handed over', outcome: null },
  { queued: 'handed over', replayed: [whole(200)], outcome: 'delivered' },
  { queued: 'dead', tries: 5, replayed: [whole(200)], outcome: 'dead' },
  { replayed: [whole(500), whole(200)], outcome: 'delivered' },
  { replayed: [whole(200), whole(503)], outcome: 'failed' },
  { replayed: [whole(null)], outcome: 'failed' },
  { replayed: [{ event: 1, status: 200 }], outcome: null },
  { replayed: [whole(500), { event: 1, status: 200 }], outcome: 'failed' },
];

/** Forwards and replays each capture as its fate says. */
function befall(files: StoreFiles, captures: readonly Capture[]): void {
  queueCaptures(files, captures, (index) => {
    const { queued, tries = 0 } = fateOf(index);
    return queued && { state: queued, tries };
  });
  const log = openAttemptLog(files);
  for (const [index, { id }] of captures.entries()) {
    for (const { event, status } of fateOf(index).replayed ?? []) {
      const url = 'http://127.0.0.1:3000/hook';
      log.record(id, { event, status, url, time: 0, reason: null, answer: null, ms: 1 });
    }
  }
  log.close();
}

const fateOf = (index: number) => fates[(index * 5) % fates.length]!;

let folder: string;
let files: StoreFiles;
/** As they were recorded, the first first. */
let recorded: Capture[];

beforeAll(async () => {
  const calls = Array.from({ length: 90 }, (_, index) => ({
    body: bodies[(index * 7) % bodies.length]!,
    status: [200, 200, 503, 401][index % 4]!,
    target: index % 10 === 0 ? '/autumn' : '/webhooks/netcore',
    // Coded bodies are not read while they are recorded.
    headers: index % 9 === 0 ? ([['Content-Encoding', 'identity']] as const) : [],
  }));
  folder = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const made = await recordCalls(calls, folder);
  files = made.files;
  recorded = made.captures;
  befall(files, recorded);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const outcomeOf = (capture: Capture) => fateOf(recorded.indexOf(capture)).outcome;

function meant(capture: Capture, query: CaptureQuery): boolean {
  const content = readCallContent(capture, 'keys');
  const found = content.kind === 'payload' ? content.events : [];
  const words = content.kind === 'payload' ? content.text() : Buffer.from(capture.body).toString();
  const text = query.text?.toLowerCase();
  return (
    (filtersNothing(query.events) || found.some((event) => matchesFilter(event, query.events))) &&
    (text === undefined || words.toLowerCase().includes(text) || capture.target.includes(text)) &&
    (query.outcomes.length === 0 || query.outcomes.some((each) => each === outcomeOf(capture))) &&
    (query.statuses.length === 0 ||
      query.statuses.some(({ first, last }) => capture.status >= first && capture.status <= last))
  );
}

const some = (values: readonly string[]) =>
  fc.subarray([...values], { minLength: 0, maxLength: 2 });
const queries: fc.Arbitrary<CaptureQuery> = fc.record({
  events: fc.record({
    channels: some(['email', 'sms', 'whatsapp', 'custom_activity', 'apn']),
    activities: some(['open', 'bounce', 'delivered', 'click', 'Product Search']),
    panels: some(['netcore_hook_test', 'netcore_hook_test_north']),
    msgids: some(['546', '547', '999']),
    keys: fc.constant([]),
    webhooks: some(['cart reminder', 'shop_test']),
    journeys: some(['welcome', 'none']),
    people: some(people),
  }),
  text: fc.constantFrom(undefined, undefined, 'autumn', 'ASHA@', 'nowhere'),
  outcomes: fc.oneof(fc.constant([]), fc.subarray([...outcomes], { minLength: 1 })),
  statuses: fc.constantFrom(
    [],
    [],
    [{ first: 503, last: 503 }],
    [
      { first: 400, last: 499 },
      { first: 200, last: 299 },
    ],
  ),
  since: fc.constant(undefined),
  until: fc.constant(undefined),
});

describe('a history', () => {
  test('answers every query as one who looks at each capture would, in either order', () => {
    const history = historyOf(files);
    fc.assert(
      fc.property(queries, fc.boolean(), (query, newestFirst) => {
        const wanted = recorded.filter((capture) => meant(capture, query)).map(({ id }) => id);
        if (newestFirst) wanted.reverse();
        const order = newestFirst ? 'newest first' : 'oldest first';
        expect([...history.captures(query, order)].map(({ id }) => id)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  test('tells of each capture what is in its body, read before or not', () => {
    const history = historyOf(files);
    const listed = [...history.captures(everyCapture, 'oldest first')];
    expect(listed.map((capture) => capture.events.length)).toEqual(
      recorded.map((capture) => {
        const content = readCallContent(capture);
        return content.kind === 'payload' ? content.events.length : 0;
      }),
    );
    expect(listed.map(({ bytes }) => bytes)).toEqual(recorded.map(({ body }) => body.byteLength));
  });

  test('tells of each capture what became of it', () => {
    const history = historyOf(files);
    const listed = [...history.captures(everyCapture, 'oldest first')];
    const wanted = recorded.map(outcomeOf);
    expect(listed.map(({ outcome }) => outcome)).toEqual(wanted);
    expect(recorded.map(({ id }) => history.story(id).outcome)).toEqual(wanted);
    expect(new Set(wanted)).toEqual(new Set([...outcomes, null]));
  });

  test('gives every capture back as it was recorded, by its id', () => {
    const history = historyOf(files);
    for (const capture of recorded) {
      const found = history.find(capture.id);
      expect({ ...found, body: Buffer.from(found.body) }).toEqual({
        ...capture,
        body: Buffer.from(capture.body),
      });
    }
  });

  test('is cut into spans that hold every capture once', () => {
    const history = historyOf(files);
    const ids = (span: object) =>
      [...history.captures(everyCapture, 'oldest first', span)].map(({ id }) => id);
    const end = history.newestSeq();
    expect(ids({ after: end })).toEqual([]);
    expect(ids({ upTo: end })).toEqual(recorded.map(({ id }) => id));
  });

  test('counts what it holds', () => {
    const history = historyOf(files);
    expect(history.count()).toBe(recorded.length);
  });
});
