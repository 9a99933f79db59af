import { describe, expect, test } from 'vitest';
import type { CapturePage, ListedCall, LiveEvents } from '../../../src/inspector/api.js';
import { Feed, type FeedSource } from '../../../src/inspector/page/feed.js';
import { aCall } from './a-call.js';

type Handlers = { readonly [Name in keyof LiveEvents]: (data: LiveEvents[Name]) => void };

/** A server in the test's hands: what it holds, who follows it, and what it was asked. */
function serve(calls: readonly ListedCall[]) {
  const asked: string[] = [];
  const followers: {
    handlers: Handlers;
    end: () => void;
    fail: (error: Error) => void;
    query: string;
  }[] = [];
  const draws: (() => void)[] = [];
  const waits: { milliseconds: number; go: () => void }[] = [];
  const server = {
    calls: [...calls],
    asked,
    followers,
    waits,
    /** What is thrown instead of the next answer. */
    failure: undefined as Error | undefined,
    /** What a page is told that the server does not know. */
    refusal: new Error('It is not from this page.'),
    /** What is thrown for a filter that is wrong. */
    rejection: Object.assign(new Error('There is no such outcome.'), { hint: 'Try: dead' }),
    /** Whether a connection is told at once from where it follows. */
    starts: true,
    /** How many calls are looked at for one answer. */
    reach: Number.POSITIVE_INFINITY,
    draw() {
      for (const draw of draws.splice(0)) draw();
    },
    /** Tells the newest follower from where it follows: the newest call, unless it asks for another. */
    start() {
      const follower = followers.at(-1);
      const from = new URLSearchParams(follower?.query).get('from');
      follower?.handlers.start({ position: from ?? position() });
    },
    /** Tells the newest follower what came. */
    tell(came: readonly ListedCall[], left = 0) {
      server.calls.unshift(...came);
      followers.at(-1)?.handlers.captures({ captures: came, left, position: position() });
    },
  };
  const position = () => idAfter(server.calls[0]);
  const source: FeedSource = {
    async listCaptures(query, signal): Promise<CapturePage> {
      asked.push(String(query));
      await undefined;
      signal.throwIfAborted();
      if (server.failure) {
        const { failure } = server;
        server.failure = undefined;
        throw failure;
      }
      const cursor = query.get('cursor')?.replace('~', '') ?? null;
      const text = query.get('text') ?? '';
      const older = server.calls.filter(({ id }) => cursor === null || id < cursor);
      const looked = older.slice(0, server.reach);
      const found = looked
        .filter(({ events }) => text === '' || events.some(({ name }) => name === text))
        .slice(0, Number(query.get('limit')));
      const last = text === '' ? found.at(-1) : looked.at(-1);
      const more = last !== undefined && last !== server.calls.at(-1);
      return {
        captures: found,
        next: more ? last.id : null,
        lookedTo: last?.time ?? null,
      };
    },
    followLive(query, handlers, signal) {
      return new Promise((resolve, reject) => {
        followers.push({ handlers, end: resolve, fail: reject, query: String(query) });
        if (server.starts) queueMicrotask(server.start);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
    isRefused: (error) => error === server.refusal,
    isRejected: (error) => error === server.rejection,
    schedule: (draw) => draws.push(draw),
    wait: (milliseconds) =>
      new Promise((resolve) => waits.push({ milliseconds, go: () => resolve() })),
  };
  return { server, source };
}

const range = (newest: number, oldest: number) =>
  Array.from({ length: newest - oldest + 1 }, (_, index) => aCall(newest - index));

/** The position behind the newest call. */
const idAfter = (newest: ListedCall | undefined) => aCall(Number(newest?.id.slice(5) ?? 0) + 1).id;

/** Lets everything that waits for nothing but its turn have it. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const listed = (feed: Feed) => feed.list.value.calls.map(({ id }) => Number(id.slice(5)));

async function open(calls: readonly ListedCall[], filters = {}) {
  const { server, source } = serve(calls);
  const feed = new Feed(source);
  feed.ask(filters);
  await settle();
  return { server, feed };
}

describe('opening the page', () => {
  test('asks for what comes, and lists the calls below the position from which it follows', async () => {
    const { server, source } = serve(range(3, 1));
    const feed = new Feed(source);
    feed.ask({ channel: 'email' });
    expect(server.followers.map(({ query }) => query)).toEqual(['channel=email']);
    expect(feed.progress.value).toEqual({ state: 'looking', lookedTo: null });
    await settle();
    expect(server.asked).toEqual(['channel=email&limit=60&cursor=06f3k00004']);
    expect(listed(feed)).toEqual([3, 2, 1]);
    expect(feed.progress.value).toEqual({ state: 'end' });
  });

  test('lists what came before the first answer above it, and never older calls on top', async () => {
    const { server, source } = serve(range(300, 1));
    server.starts = false;
    server.reach = 20;
    const feed = new Feed(source);
    feed.ask({});
    server.start();
    server.tell(range(302, 301));
    for (let turn = 0; turn < 4; turn += 1) {
      await settle();
      server.draw();
    }
    expect(feed.connection.value).toEqual({ state: 'live' });
    expect(listed(feed)).toEqual(range(302, 261).map(({ id }) => Number(id.slice(5))));
  });

  test('says why there is nothing to list, and lists it when that is over', async () => {
    const { server, source } = serve(range(2, 1));
    server.starts = false;
    const feed = new Feed(source);
    const shown = feed.ask({ outcome: 'dad' });
    server.followers[0]?.fail(server.rejection);
    await shown;
    expect(feed.progress.value).toEqual({
      state: 'failed',
      message: 'There is no such outcome.',
      hint: 'Try: dead',
    });
    expect(feed.connection.value).toEqual({ state: 'rejected' });
    expect(server.waits).toEqual([]);
    server.starts = true;
    feed.retry();
    await settle();
    expect(listed(feed)).toEqual([2, 1]);
    expect(feed.connection.value).toEqual({ state: 'live' });
  });
});

describe('calls that come live', () => {
  test('are drawn once a frame, however many messages tell of them', async () => {
    const { server, feed } = await open(range(3, 1));
    let draws = 0;
    feed.list.subscribe(() => {
      draws += 1;
    });
    server.tell([aCall(4)]);
    server.tell([aCall(6), aCall(5)]);
    await settle();
    server.draw();
    expect(listed(feed)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(draws).toBe(2);
  });

  test('wait while the reader reads, and move nothing', async () => {
    const { server, feed } = await open(range(3, 1));
    feed.follow(false);
    server.tell([aCall(5), aCall(4)]);
    await settle();
    server.draw();
    expect(listed(feed)).toEqual([3, 2, 1]);
    expect(feed.held.value.count).toBe(2);
    feed.follow(true);
    server.draw();
    expect(listed(feed)).toEqual([5, 4, 3, 2, 1]);
    expect(feed.held.value.count).toBe(0);
  });

  test('that are too many to be told are counted, and found by scrolling back', async () => {
    const { server, feed } = await open(range(3, 1));
    server.calls.unshift(...range(7, 4));
    server.tell([aCall(9), aCall(8)], 4);
    await settle();
    server.draw();
    expect(listed(feed)).toEqual([9, 8]);
    expect(feed.missed.value).toBe(4);
    feed.loadOlder();
    await settle();
    expect(listed(feed)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test('are told what became of them, also while they wait', async () => {
    const { server, feed } = await open(range(2, 1));
    feed.follow(false);
    server.tell([aCall(3)]);
    server.followers[0]?.handlers.outcomes([
      { id: aCall(3).id, outcome: 'delivered' },
      { id: aCall(1).id, outcome: 'dead' },
    ]);
    await settle();
    server.draw();
    feed.release();
    expect(feed.list.value.calls.map(({ outcome }) => outcome)).toEqual([
      'delivered',
      null,
      'dead',
    ]);
  });
});

describe('a server that goes away', () => {
  test('is asked again, later each time, and then tells what came meanwhile', async () => {
    const { server, feed } = await open(range(3, 1));
    server.followers[0]?.end();
    await settle();
    expect(feed.connection.value).toEqual({ state: 'waiting', milliseconds: 500 });
    server.starts = false;
    for (const [turn, next] of [1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
      server.waits[turn]?.go();
      await settle();
      server.followers.at(-1)?.end();
      await settle();
      expect(server.waits.at(-1)?.milliseconds).toBe(next);
    }
    server.waits.at(-1)?.go();
    await settle();
    server.start();
    server.tell(range(5, 4));
    await settle();
    server.draw();
    expect(feed.connection.value).toEqual({ state: 'live' });
    expect(listed(feed)).toEqual([5, 4, 3, 2, 1]);
    expect(server.asked).toHaveLength(1);
  });

  test('is asked to continue from the position that it told last', async () => {
    const { server, feed } = await open(range(3, 1));
    server.tell([aCall(4)]);
    server.followers[0]?.end();
    await settle();
    server.waits[0]?.go();
    await settle();
    expect(server.followers.map(({ query }) => query)).toEqual(['', 'from=06f3k00005']);
    server.draw();
    expect(listed(feed)).toEqual([4, 3, 2, 1]);
  });

  test('and comes back with another store is asked for the list again', async () => {
    const { server, feed } = await open(range(3, 1));
    server.followers[0]?.end();
    await settle();
    server.calls.splice(0, 3, aCall(9));
    server.starts = false;
    server.waits[0]?.go();
    await settle();
    server.starts = true;
    server.followers.at(-1)?.handlers.start({ position: aCall(10).id });
    await settle();
    expect(listed(feed)).toEqual([9]);
  });

  test('before it answered at all is asked for the list again, too', async () => {
    const { server, source } = serve(range(2, 1));
    server.starts = false;
    const feed = new Feed(source);
    feed.ask({});
    server.followers[0]?.fail(new TypeError('Failed to fetch'));
    await settle();
    expect(feed.progress.value).toMatchObject({ message: 'The inspector does not answer.' });
    server.starts = true;
    server.waits[0]?.go();
    await settle();
    expect(listed(feed)).toEqual([2, 1]);
  });

  test('between the connection and the list is asked for the list again', async () => {
    const { server, source } = serve(range(2, 1));
    const feed = new Feed(source);
    server.failure = new TypeError('Failed to fetch');
    feed.ask({});
    await settle();
    server.followers[0]?.end();
    await settle();
    server.waits[0]?.go();
    await settle();
    expect(listed(feed)).toEqual([2, 1]);
  });
});

test('a server that does not know the page is not asked in vain again', async () => {
  const { server, feed } = await open(range(2, 1));
  server.followers[0]?.fail(server.refusal);
  await settle();
  expect(feed.connection.value).toEqual({ state: 'refused' });
  expect(server.waits).toEqual([]);
});

describe('a search', () => {
  const sought = (number: number) =>
    aCall(number, { events: [{ ...aCall(1).events[0]!, name: 'Win-back' }] });

  test('goes on looking until it has found enough or all was looked at', async () => {
    const { server, source } = serve([...range(400, 2), sought(1)]);
    server.reach = 100;
    const feed = new Feed(source);
    feed.ask({ text: 'Win-back' });
    await settle();
    await settle();
    expect(listed(feed)).toEqual([1]);
    expect(server.asked).toHaveLength(4);
    expect(feed.progress.value).toEqual({ state: 'end' });
  });

  test('keeps what it has found, and puts on top what comes', async () => {
    const { server, source } = serve([...range(400, 2), sought(1)]);
    server.starts = false;
    server.reach = 100;
    const feed = new Feed(source);
    feed.ask({ text: 'Win-back' });
    server.start();
    server.calls.unshift(aCall(401));
    server.tell([sought(402)]);
    for (let turn = 0; turn < 6; turn += 1) {
      await settle();
      server.draw();
    }
    expect(listed(feed)).toEqual([402, 1]);
    expect(feed.progress.value).toEqual({ state: 'end' });
  });

  test('says how far back it has looked, can be stopped, and goes on from there', async () => {
    const { server, source } = serve([...range(400, 2), sought(1)]);
    server.reach = 100;
    const feed = new Feed(source);
    feed.progress.subscribe((progress) => {
      if (progress.state === 'looking' && progress.lookedTo !== null) feed.stopLooking();
    });
    feed.ask({ text: 'Win-back' });
    await settle();
    expect(feed.progress.value).toEqual({ state: 'stopped', lookedTo: aCall(301).time });
    expect(server.asked.length).toBeLessThan(4);
    expect(listed(feed)).toEqual([]);
  });

  test('makes way for the next one, whose answer alone counts', async () => {
    const { server, source } = serve([...range(5, 2), sought(1)]);
    const feed = new Feed(source);
    feed.ask({ text: 'Win' });
    feed.ask({ text: 'Win-back' });
    await settle();
    expect(listed(feed)).toEqual([1]);
    expect(server.followers.map(({ query }) => query)).toEqual(['text=Win', 'text=Win-back']);
  });
});

test('older calls are fetched once at a time, until there are none', async () => {
  const { server, feed } = await open(range(300, 1));
  expect(listed(feed)).toHaveLength(60);
  feed.loadOlder();
  feed.loadOlder();
  await settle();
  expect(listed(feed)).toHaveLength(260);
  feed.loadOlder();
  await settle();
  expect(listed(feed)).toHaveLength(300);
  feed.loadOlder();
  await settle();
  expect(server.asked).toHaveLength(3);
});
