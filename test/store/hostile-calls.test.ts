import { expect, test } from 'vitest';
import { type HostileCall, hostileCalls } from '../../bench/hostile-calls.js';
import { everyCapture } from '../../src/call/capture-query.js';
import { everyEventOf } from '../../src/call/content.js';
import { anyEvent, type EventFilter } from '../../src/payload/event-filter.js';
import type { EventSummary } from '../../src/payload/payload.js';
import { storableText } from '../../src/store/database.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { readNextUnread } from '../../src/store/maintenance.js';
import { databaseOf, historyOf, plainCall, recordCalls } from '../helpers/store.js';

/** As a database can keep its texts. */
function storable({ panel, ...texts }: EventSummary): unknown {
  const kept = Object.entries(texts).map(([key, text]) => [key, storableText(text)]);
  return [panel.length, Object.fromEntries(kept)];
}

/** Beyond what is indexed while it is recorded. */
const size = 300_000;
const kinds = [...hostileCalls(size)].map((call) => [call.name, call] as const);

async function recorded({ body, headers }: HostileCall): Promise<StoreFiles> {
  const received = { body, headers: Object.entries(headers), time: Date.now() };
  const { files } = await recordCalls([received]);
  const database = databaseOf(files);
  for (let place: number | undefined = 0; place !== undefined; ) {
    place = readNextUnread(database, place);
  }
  return files;
}

function sizeOf(files: StoreFiles): number {
  const database = databaseOf(files);
  const checkpoint = database.prepare('pragma wal_checkpoint(truncate)').first([]);
  expect(checkpoint?.[0]).toBe(0);
  const number = (name: string) => Number(database.prepare(`pragma ${name}`).first([])?.[0]);
  return number('page_count') * number('page_size');
}

let emptySize: number | undefined;

/** How much more a store takes than one without captures. */
async function growthOf(files: StoreFiles): Promise<number> {
  emptySize ??= sizeOf((await recordCalls([])).files);
  return sizeOf(files) - emptySize;
}

test.each(kinds)(
  'a store takes little room for %s, and lists, counts and finds its events as they are',
  async (_, call) => {
    const files = await recorded(call);
    expect(await growthOf(files)).toBeLessThanOrEqual(call.body.length * 3 + 64 * 1024);

    const history = historyOf(files);
    const [capture, ...others] = history.captures(everyCapture, 'newest first');
    if (!capture) throw new Error('It is not listed.');
    expect(others).toEqual([]);
    expect(capture.eventCount).toBe(call.events ?? 0);
    expect(capture.problem === null).toBe(call.events !== null);
    const events = [
      ...everyEventOf({ ...plainCall, ...call, headers: Object.entries(call.headers) }),
    ];
    expect([...capture.everyEvent()].map(storable)).toEqual(events.map(storable));
    const minutes = { from: capture.time - 60_000, lengthMs: 120_000, count: 1 };
    const [tally] = history.tally(minutes, anyEvent);
    const counted = Object.values(tally?.events ?? {}).reduce((sum, count) => sum + count, 0);
    expect([tally?.calls, counted]).toEqual([1, events.length]);

    const last = events.at(-1);
    if (!last) return;
    const meant: Partial<EventFilter>[] = [
      { channels: [last.channel] },
      { panels: [last.panel] },
      ...(last.activity === null ? [] : [{ activities: [last.activity] }]),
      ...(last.msgid === null ? [] : [{ msgids: [storableText(last.msgid)] }]),
    ];
    for (const filter of meant) {
      const query = { ...everyCapture, events: { ...anyEvent, ...filter } };
      expect([...history.captures(query, 'newest first')].length).toBe(1);
      const [few] = history.tally(minutes, query.events);
      if (filter.channels ?? filter.activities) expect(few?.calls).toBe(1);
    }
    const other = { ...anyEvent, channels: ['zalo'], msgids: ['none'] };
    const query = { ...everyCapture, events: other };
    expect([...history.captures(query, 'newest first')]).toEqual([]);
  },
);

test('a small call with a long panel and many events takes little room', async () => {
  const body = Buffer.from(`data={"${'p'.repeat(20_000)}":[${'{},'.repeat(10_000)}{}]}`);
  const { files } = await recordCalls([{ body }]);
  expect(await growthOf(files)).toBeLessThanOrEqual(body.length * 3 + 64 * 1024);
  const [capture] = historyOf(files).captures(everyCapture, 'newest first');
  expect(capture?.eventCount).toBe(10_001);
});
