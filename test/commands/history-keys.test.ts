import { describe, expect, test } from 'vitest';
import { eventKey } from '../../src/payload/event-key.js';
import { listSamples } from '../../src/sample-files.js';
import { parsed } from '../helpers/history-command.js';
import { type RunOptions, run } from '../helpers/run.js';
import { bodyOf, databaseOf, recordCalls } from '../helpers/store.js';

const panel = 'netcore_hook_test';

const activity = {
  channel: 'custom_activity',
  msgid: '103',
  webhook_name: 'Search webhook',
  journey_name: 'Searchers',
  payload_params: { items: [{ name_s: 'shirt' }] },
  event_params: { foreignkey: 'asha@example.com', asset_name: 'Search', ts: 261101120000 },
};
const click = {
  channel: 'email',
  event: 'click',
  msgid: '546',
  webhook_name: 'Click webhook',
  event_params: {
    foreignkey: 'asha@example.com',
    ts: 261101120000,
    url: 'https://example.com/a',
    camp_name: 'Autumn sale',
  },
};
const other = { ...click, event_params: { ...click.event_params, foreignkey: 'ravi@example.com' } };
const timeless = { channel: 'sms', event: 'delivered', msgid: '9' };
const keyOf = (event: object) => eventKey(panel, event).key;

async function keyed() {
  const { files, captures } = await recordCalls([
    { body: bodyOf([click, other]) },
    { body: bodyOf([activity]) },
    { body: bodyOf([click, activity, timeless, timeless]) },
  ]);
  const history = (words: readonly string[], options: RunOptions = {}) =>
    run(['history', ...words, '--store', files.folder], options);
  return { files, ids: captures.map(({ id }) => id), history };
}

describe('the key of an event', () => {
  test('is in the JSON of list, show and export, for every sample and others', async () => {
    const { history } = await keyed();
    for (const verb of ['list', 'export'] as const) {
      const keys = parsed((await history([verb, '--json'])).out)
        .flatMap(({ events }) => events)
        .map(({ key }) => key);
      expect(keys.toSorted()).toEqual(
        [click, other, activity, click, activity, timeless, timeless].map(keyOf).toSorted(),
      );
    }
    const { out } = await history(['show', 'last', '--json']);
    expect(parsed(out)[0].events.map(({ weakKey }: { weakKey: unknown }) => weakKey)).toEqual([
      undefined,
      undefined,
      true,
      true,
    ]);
  });

  test('is shown for each event of a capture', async () => {
    const { history } = await keyed();
    const { out } = await history(['show', 'last'], { terminal: true });
    expect(out).toContain(`\nEvent keys\n  1  ${keyOf(click)}  email click  asha@example.com\n`);
    expect(out).toContain('weak: the event has no time');
  });

  test('finds captures, from the index, from bodies and from an older index', async () => {
    const { files, ids, history } = await keyed();
    const found = async (...words: string[]) =>
      parsed((await history(['list', '--json', ...words])).out).map(({ id }) => ids.indexOf(id));
    const search = async () => ({
      click: await found('--key', keyOf(click)),
      other: await found('--key', keyOf(other).slice(0, 8).toUpperCase()),
      activity: await found('--key', keyOf(activity)),
      timeless: await found('--key', keyOf(timeless)),
      both: await found('--key', `${keyOf(other)},${keyOf(activity)}`),
      none: await found('--key', '00000000'),
    });
    const expected = {
      click: [2, 0],
      other: [0],
      activity: [2, 1],
      timeless: [2],
      both: [2, 1, 0],
      none: [],
    };
    expect(await search()).toEqual(expected);
    const database = databaseOf(files);
    const rows = database.prepare('select place, events from captures').all([]);
    for (const [place = 0, events] of rows) {
      const old = JSON.parse(String(events)).map((row: unknown[]) => row.slice(0, 8));
      database
        .prepare('update captures set events = ? where place = ?')
        .run([JSON.stringify(old), place]);
    }
    expect(await search()).toEqual(expected);
  });

  test.each(['abc', 'not a key', ''])('is refused as %j', async (key) => {
    const { history } = await keyed();
    const { exit, err } = await history(['list', '--key', key]);
    expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining('--key') });
  });

  test('is known for every sample', async () => {
    const samples = listSamples().map(({ payload }) => payload);
    const { files } = await recordCalls(
      samples.map((payload) => ({ body: bodyOf(Object.values(payload).flat()) })),
    );
    const { out } = await run(['history', 'list', '--json', '--store', files.folder]);
    for (const { events } of parsed(out)) {
      for (const event of events) expect(event.key).toMatch(/^[0-9a-f]{32}$/);
    }
  });
});

describe('labels', () => {
  test.each([
    [
      ['--webhook', 'click webhook'],
      [2, 0],
    ],
    [
      ['--webhook', 'Search webhook'],
      [2, 1],
    ],
    [
      ['--journey', 'SEARCHERS'],
      [2, 1],
    ],
    [['--journey', 'Click webhook'], []],
    [['--webhook', 'Search webhook', '-c', 'email'], []],
  ])('%j finds what is meant', async (words, wanted) => {
    const { ids, history } = await keyed();
    const { out } = await history(['list', '--json', ...words]);
    expect(parsed(out).map(({ id }) => ids.indexOf(id))).toEqual(wanted);
  });

  test.each([
    ['webhook', { 'Click webhook': 3, 'Search webhook': 2, '(no label)': 2 }],
    ['journey', { '(no journey)': 5, Searchers: 2 }],
    ['message', { '546 Autumn sale': 3, '103 Searchers': 2, '9': 2 }],
  ])('stats --by %s counts events', async (by, counts) => {
    const { history } = await keyed();
    const [notice] = parsed((await history(['stats', '--by', by, '--json'])).out);
    const counted = notice.counts.map(({ name, events }: { name: string; events: number }) => [
      name,
      events,
    ]);
    expect(Object.fromEntries(counted)).toEqual(counts);
  });
});

describe('stats --by duplicate', () => {
  test('lists the events that came more than once, and never those without a time', async () => {
    const { history } = await keyed();
    const [notice] = parsed((await history(['stats', '--by', 'duplicate', '--json'])).out);
    expect(notice).toMatchObject({ captures: 3, events: 7, repeats: 2 });
    expect(notice.counts.map(({ name }: { name: string }) => name).toSorted()).toEqual(
      [click, activity].map(keyOf).toSorted(),
    );
    const { out } = await history(['stats', '--by', 'duplicate'], { terminal: true });
    expect(out).toContain('email click  asha@example.com  546');
    expect(out).toContain('3 captures, 7 events, 2 repeats');
  });

  test('counts only what the filters choose', async () => {
    const { history } = await keyed();
    const stats = async (...words: string[]) =>
      parsed((await history(['stats', '--by', 'duplicate', '--json', ...words])).out)[0];
    expect(await stats('-c', 'email')).toMatchObject({ events: 3, repeats: 1 });
    expect(await stats('--who', 'ravi')).toMatchObject({ events: 1, repeats: 0, counts: [] });
  });
});
