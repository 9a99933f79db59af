import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { queueCaptures } from '../helpers/queued-captures.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const { TZ } = process.env;
beforeAll(() => {
  process.env.TZ = 'Asia/Kolkata';
});
afterAll(() => {
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

const body = bodyOf([
  {
    channel: 'email',
    event: 'open',
    event_params: { email: 'asha@example.com', timestamp: '2026-11-23T17:28:00' },
  },
]);

/** A call at 17:30 in India, which waits in the queue. */
async function shop() {
  const { files, captures } = await recordCalls([{ body, time: Date.UTC(2026, 10, 23, 12) }]);
  queueCaptures(files, captures, () => ({ state: 'waiting' }));
  return (words: readonly string[], options: RunOptions = {}) =>
    run([...words, '--store', files.folder], {
      now: () => Date.UTC(2026, 10, 23, 12, 30),
      columns: 200,
      ...options,
    });
}

const isoTimes = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\dZ]*/g;

describe.each([
  ['history list', '17:30:00'],
  ['history show last', '2026-11-23 17:30:00'],
  ['history stats', '2026-11-23 17:30'],
  ['history stats --by hour', '2026-11-23 17:00'],
  ['history stats --by day', '2026-11-23'],
  ['queue list', '17:30:00'],
  ['status', '17:30:00'],
])('%s', (line, local) => {
  const words = line.split(' ');

  test('shows local time on a terminal, and names its zone once', async () => {
    const { out, err } = await (await shop())(words, { terminal: true });
    const text = `${out}${err}`;
    expect(text).toContain(local);
    expect(text.split('UTC+05:30')).toHaveLength(2);
    expect(text.match(/T12:00:00|12:00:00/g)).toBeNull();
  });

  test('has only ISO times in UTC in its JSON', async () => {
    const { out } = await (await shop())([...words, '--json'], { terminal: true });
    expect(out).not.toContain('UTC+05:30');
    const times = [...out.matchAll(isoTimes)].map(([time]) => time);
    expect(times.length).toBeGreaterThan(0);
    for (const time of times) expect(time).toMatch(/Z$|^2026-11-23T17:28:00$/);
  });
});

test('listen names the zone once, when it starts', async () => {
  const store = ['--store', temporaryFolder(), '--no-inspect', '--port', '0'];
  const running = start(['listen', ...store], { terminal: true });
  onTestFinished(() => running.signal());
  await running.line(/^Ctrl-C/);
  running.signal();
  const { err } = await running.finished;
  expect(
    err.match(/Times are local, UTC\+05:30; those of events are as the panel sent them\./g),
  ).toHaveLength(1);
});

test('a table of events heads the time of the panel', async () => {
  const words = ['decode', '--format', 'table', Buffer.from(body).toString()];
  const { out } = await run(words, { terminal: true });
  expect(out).toMatch(/^panel time .*\n2026-11-23T17:28:00 /);
});
