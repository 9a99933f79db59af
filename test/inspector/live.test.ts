import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { everyCapture } from '../../src/call/capture-query.js';
import type { LiveEvents } from '../../src/inspector/api.js';
import { followRecord } from '../../src/inspector/server/follow-record.js';
import { readFilter } from '../../src/inspector/server/read-filter.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { openAttemptLog } from '../../src/store/outcomes.js';
import { call } from '../helpers/http.js';
import { openInspector, startInspector, type TestInspector, token } from '../helpers/inspector.js';
import { bodyOf, databaseOf, filesIn, historyOf, recordCalls } from '../helpers/store.js';

const tokenHeader = { 'X-Netcore-Hook-Token': token };

/** What the inspector tells, one after the other, until the end of the test. */
async function follow(inspector: TestInspector, query = '') {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const answer = await fetch(`${inspector.url}/api/live?${query}`, {
    headers: tokenHeader,
    signal: stop.signal,
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** The next of this name; what comes before it is passed over. */
  const next = async <N extends keyof LiveEvents>(wanted: N): Promise<LiveEvents[N]> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end === -1) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`It ended before it told ${wanted}.`);
        text += value;
        continue;
      }
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (name === wanted && data !== undefined) return JSON.parse(data) as LiveEvents[N];
    }
  };
  return { next, stop: () => stop.abort() };
}

function replayed(files: StoreFiles, id: string, status: number): void {
  const log = openAttemptLog(files);
  const url = 'http://127.0.0.1:3000/hook';
  log.record(id, { event: null, time: 0, url, status, reason: null, answer: '', ms: 1 });
  log.close();
}

test('a page is told what is recorded, what becomes of it, and how the minutes go', async () => {
  const { files } = await recordCalls([{}]);
  const inspector = await startInspector(files);
  const page = await follow(inspector);
  expect(await page.next('stats')).toMatchObject({ captures: 1 });
  const { captures } = await recordCalls(
    [{ target: '/first' }, { target: '/second' }],
    files.folder,
  );
  const told: string[] = [];
  while (told.length < 2) {
    const news = await page.next('captures');
    expect(news.left).toBe(0);
    told.unshift(...news.captures.map(({ target }) => target));
  }
  expect(told).toEqual(['/second', '/first']);
  const id = captures[0]?.id ?? '';
  replayed(files, id, 500);
  expect(await page.next('outcomes')).toEqual([{ id, outcome: 'failed' }]);
  replayed(files, id, 200);
  expect(await page.next('outcomes')).toEqual([{ id, outcome: 'delivered' }]);
  expect(await page.next('stats')).toMatchObject({ captures: 3 });
});

test('a page is told what becomes of what it has listed', async () => {
  const { files, captures } = await recordCalls([{ target: '/first' }, { target: '/second' }]);
  const inspector = await startInspector(files);
  const page = await follow(inspector);
  await page.next('stats');
  const id = captures[0]?.id ?? '';
  replayed(files, id, 200);
  expect(await page.next('outcomes')).toEqual([{ id, outcome: 'delivered' }]);
});

test('only what its filter means is told', async () => {
  const { files } = await recordCalls([]);
  const inspector = await startInspector(files);
  const page = await follow(inspector, 'channel=sms');
  await page.next('stats');
  const sms = { body: bodyOf([{ channel: 'sms', event: 'click' }]) };
  await recordCalls([{}, sms, {}], files.folder);
  const { captures } = await page.next('captures');
  expect(captures.map(({ events }) => events[0]?.channel)).toEqual(['sms']);
});

test('of very many only the newest are told, and how many more there were', async () => {
  const { files } = await recordCalls([]);
  const history = historyOf(files);
  const email = readFilter({ channel: ['email'] }, 0);
  const every = followRecord(history, everyCapture);
  const some = followRecord(history, email, { now: () => 0 });
  expect(every.poll()).toBeUndefined();
  const { captures } = await recordCalls(
    Array.from({ length: 250 }, (_, at) =>
      at % 5 === 0 ? { body: bodyOf([{ channel: 'sms', event: 'click' }]) } : {},
    ),
    files.folder,
  );
  const newest = captures.map(({ id }) => id).reverse();
  const look = every.poll();
  expect(look?.captures.map(({ id }) => id)).toEqual(newest.slice(0, 100));
  expect(look?.left).toBe(150);
  expect(some.poll()).toMatchObject({ left: 100 });
  expect(every.poll()).toBeUndefined();
});

test('what one look does not reach is left to the next ones, and nothing is left out', async () => {
  const { files } = await recordCalls([]);
  const history = historyOf(files);
  // By this clock a look reaches four captures.
  let time = 0;
  const now = () => {
    time += 50;
    return time;
  };
  const follower = followRecord(history, readFilter({ channel: ['email'] }, 0), { now });
  const { captures } = await recordCalls(
    Array.from({ length: 10 }, () => ({})),
    files.folder,
  );
  const told: string[] = [];
  const looks: number[] = [];
  for (let look = follower.poll(); look; look = follower.poll()) {
    expect(look.left).toBe(0);
    looks.push(look.captures.length);
    told.unshift(...look.captures.map(({ id }) => id));
  }
  expect(looks.length).toBeGreaterThan(1);
  expect(told).toEqual(captures.map(({ id }) => id).reverse());
});

test('the list lies below the position that is told, and what follows lies above it', async () => {
  const { files, captures } = await recordCalls([{}, {}]);
  const inspector = await startInspector(files);
  const page = await follow(inspector);
  const { position } = await page.next('start');
  const more = await recordCalls([{}, {}], files.folder);
  const listed = JSON.parse((await inspector.get(`/api/captures?cursor=${position}`)).text);
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).reverse();
  expect(ids(listed.captures)).toEqual(captures.map(({ id }) => id));
  const told: string[] = [];
  while (told.length < 2) told.push(...ids((await page.next('captures')).captures));
  expect(told).toEqual(more.captures.map(({ id }) => id));
});

test('a page that continues is told what it missed, and what became of what it lists', async () => {
  const { files, captures } = await recordCalls([{}, {}]);
  const inspector = await startInspector(files);
  const page = await follow(inspector);
  const { position } = await page.next('start');
  page.stop();
  const id = captures[0]?.id ?? '';
  replayed(files, id, 500);
  const more = await recordCalls([{}], files.folder);
  const again = await follow(inspector, `from=${position}`);
  expect(await again.next('start')).toEqual({ position });
  const news = await again.next('captures');
  expect(news.captures.map((each) => each.id)).toEqual(more.captures.map((each) => each.id));
  expect(news.position).not.toBe(position);
  expect(await again.next('outcomes')).toContainEqual({ id, outcome: 'failed' });
});

test('a position that the store never had is replaced by its newest', async () => {
  const { files } = await recordCalls([{}]);
  const inspector = await startInspector(files);
  const { position } = await (await follow(inspector)).next('start');
  const other = await follow(inspector, 'from=9007199254740991');
  expect(await other.next('start')).toEqual({ position });
  const wrong = await fetch(`${inspector.url}/api/live?from=x`, { headers: tokenHeader });
  expect(wrong.status).toBe(400);
});

test('what becomes of captures that are gone stops nothing', async () => {
  const { files } = await recordCalls([]);
  const history = historyOf(files);
  const follower = followRecord(history, everyCapture);
  const { captures } = await recordCalls([{}, {}], files.folder);
  expect(follower.poll()?.captures).toHaveLength(2);
  const second = captures[1]?.id ?? '';
  replayed(files, second, 200);
  databaseOf(files).execute(`delete from captures where place = (select min(place) from captures)`);
  expect(follower.poll()).toEqual({
    captures: [],
    left: 0,
    outcomes: [{ id: second, outcome: 'delivered' }],
  });
});

test('a store that is removed ends it and is said to be missing; one made anew there is shown', async () => {
  const { files } = await recordCalls([{}, {}]);
  const inspector = await startInspector(files);
  const page = await follow(inspector);
  await page.next('stats');
  rmSync(files.folder, { recursive: true });
  await expect(page.next('captures')).rejects.toThrow('It ended');
  for (const path of ['/api/captures', '/api/live']) {
    const missing = await call(`${inspector.url}${path}`, { method: 'GET', headers: tokenHeader });
    expect(missing.status).toBe(503);
    expect(JSON.parse(missing.text)).toMatchObject({ problem: { code: 'store_missing' } });
  }
  await recordCalls([{}], files.folder);
  const found = await inspector.get('/api/stats');
  expect(JSON.parse(found.text)).toMatchObject({ captures: 1 });
});

test('sixteen pages may follow, and another when one of them has gone', async () => {
  const { files } = await recordCalls([{}]);
  const inspector = await startInspector(files);
  const pages = [];
  for (let number = 0; number < 16; number += 1) pages.push(await follow(inspector));
  const live = () => fetch(`${inspector.url}/api/live`, { headers: tokenHeader });
  const refused = await live();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ problem: { code: 'inspector_busy' } });
  pages[3]?.stop();
  let answer = await live();
  while (answer.status !== 200) {
    await answer.text();
    answer = await live();
  }
  await answer.body?.cancel();
});

test('the stream ends when the inspector does', async () => {
  const { files } = await recordCalls([{}]);
  const inspector = await openInspector(files);
  const page = await follow(inspector);
  await page.next('stats');
  await inspector.close();
  await expect(page.next('captures')).rejects.toThrow();
});

test('a store that is not there is said, and looked for again', async () => {
  const { files } = await recordCalls([{}]);
  const missing = filesIn(`${files.folder}/later`);
  const inspector = await startInspector(missing);
  const answer = await fetch(`${inspector.url}/api/live`, { headers: tokenHeader });
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ problem: { code: 'store_missing' } });
  await recordCalls([{}], missing.folder);
  expect(await (await follow(inspector)).next('stats')).toMatchObject({ captures: 1 });
});
