import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/index.js';
import { openAttemptLog } from '../../src/store/outcomes.js';
import { startListener } from '../../src/testing.js';
import { run } from '../helpers/run.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const person = { email: 'asha@shop.in', mobile: '9800000001' };
const event = { channel: 'email', event: 'open', msgid: '546', event_params: person };
const originals = /asha|9800000001|203\.0\.113/i;

/** A store with an event of Asha's, twice, and whose handler complained of her. */
async function shop() {
  const { files, captures } = await recordCalls([
    { body: bodyOf([event]) },
    { body: bodyOf([event]), target: '/webhooks/netcore?who=asha%40shop.in' },
  ]);
  const [first] = captures;
  const log = openAttemptLog(files);
  log.record(first!.id, {
    event: null,
    time: 0,
    url: 'http://localhost:3000/?for=asha@shop.in',
    status: 500,
    reason: 'no customer asha@shop.in',
    answer: 'no customer asha@shop.in',
    ms: 4,
  });
  log.close();
  const store = files.folder;
  return { store, history: (...words: string[]) => run(['history', ...words, '--store', store]) };
}

function linesOf(text: string) {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('history --redact', () => {
  test('exports what can be imported, decoded and replayed, and holds no person', async () => {
    const { history } = await shop();
    const { exit, out, err } = await history('export', '--redact');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    const records = linesOf(out);
    const bodies = records.map(({ body }) => Buffer.from(body, 'base64').toString('utf8'));
    expect(`${out}${bodies.join('')}`).not.toMatch(originals);
    // The same person, the same stand-in, in every capture and on every run.
    expect(bodies[0]).toBe(bodies[1]);
    expect((await history('export', '--redact')).out).toBe(out);
    const [redacted] = Object.values(decode(bodies[0]!)).flat();
    expect(redacted).toMatchObject({ channel: 'email', event: 'open', msgid: '546' });
    expect(records[0].events[0].who).toMatch(/^[a-z]{8}\d{4}@example\.com$/);
    expect(records[0].attempts[0].answer).toBe(`no customer ${records[0].events[0].who}`);

    const file = join(temporaryFolder(), 'captures.ndjson');
    writeFileSync(file, out);
    const there = temporaryFolder();
    expect(await run(['history', 'import', file, '--store', there])).toMatchObject({ exit: 0 });
    await using hook = await startListener();
    const replay = ['replay', '--from', file, '--to', hook.url, '--store', there];
    expect(await run(replay)).toMatchObject({ exit: 0 });
    expect(hook.events({ who: records[0].events[0].who })).toHaveLength(2);
  });

  test('shows one, its body too', async () => {
    const { history } = await shop();
    const shown = await history('show', 'last', '--redact');
    expect(shown.out).toMatch(/POST \/webhooks\/netcore\?who=[a-z]{8}\d{4}%40example\.com\n/);
    expect(shown.out).not.toMatch(originals);
    const { out } = await history('show', 'last', '--redact', '--body');
    expect(out).toMatch(/^data=%7B.*%40example\.com%22/);
    expect(out).not.toMatch(originals);
  });

  test('makes the key of a store once, for its owner alone; another key makes other stand-ins', async () => {
    const { store, history } = await shop();
    const { out } = await history('show', 'last', '--redact');
    const file = join(store, 'redact.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file)).toHaveLength(32);
    const keyFile = join(temporaryFolder(), 'key');
    writeFileSync(keyFile, 'of our own\n');
    const own = await history('show', 'last', '--redact', '--redact-key', 'of our own');
    expect(own.out).not.toBe(out);
    expect(await history('show', 'last', '--redact', '--redact-key', `@${keyFile}`)).toEqual(own);
  });

  test('says what became of a body that is not as its reader would think', async () => {
    const gzip: [string, string] = ['Content-Encoding', 'gzip'];
    const { files } = await recordCalls([
      { body: gzipSync(bodyOf([event])), headers: [gzip] },
      { body: bodyOf([event]), headers: [gzip] },
      { body: Buffer.from('for asha@shop.in'), headers: [] },
    ]);
    const { out, err } = await run([
      'history',
      'export',
      '--redact',
      '--json',
      '--store',
      files.folder,
    ]);
    expect(linesOf(err).map(({ code }) => code)).toEqual([
      'redacted_decoded',
      'redacted_left_out',
      'redacted_by_pattern',
    ]);
    expect(linesOf(out).map(({ events, bytes }) => [events.length, bytes > 0])).toEqual([
      [1, true],
      [0, false],
      [0, true],
    ]);
  });

  test.each([
    [['list', '--redact'], 'history list takes no --redact.'],
    [['export', '--redact-key', 'a'], '--redact-key requires --redact.'],
    [['export', '--redact', '--redact-key', ''], '--redact-key cannot be ""'],
    [['export', '--redact', '--redact-key', '@/nonexistent/key'], '/nonexistent/key'],
  ])('%j is refused', async (words, message) => {
    const { history } = await shop();
    const { exit, out, err } = await history(...words);
    expect({ exit, out }).toEqual({ exit: message.startsWith('/') ? 3 : 2, out: '' });
    expect(err).toContain(message);
  });

  test('says so when the key of the store was emptied', async () => {
    const { store, history } = await shop();
    writeFileSync(join(store, 'redact.key'), '');
    const { exit, err } = await history('export', '--redact');
    expect(exit).toBe(3);
    expect(err).toContain('redact.key: it contains no key.');
  });
});

describe('decode --redact', () => {
  const paste = Buffer.from(
    bodyOf([{ ...event, event_params: { ...person, price: 9990.9 } }]),
  ).toString();

  test('prints the payload without persons, by the key of the store where there is one', async () => {
    const { store, history } = await shop();
    const { exit, out } = await run(['decode', '--redact', '--store', store, paste]);
    expect(exit).toBe(0);
    expect(out).not.toMatch(originals);
    const [{ event_params: params }] = JSON.parse(out).netcore_hook_test;
    expect(params).toEqual({
      email: expect.stringMatching(/^[a-z]{8}\d{4}@example\.com$/),
      mobile: expect.stringMatching(/^000\d{7}$/),
      price: 9990.9,
    });
    expect((await history('show', 'last', '--redact')).out).toContain(params.email);
  });

  test('makes no store where there is none, and says no person in a warning', async () => {
    const store = join(temporaryFolder(), 'store');
    const odd = '{"p":[{"asha@shop.in":1,"asha@shop.in":2}]}';
    const { exit, out, err } = await run(['decode', '--redact', '--store', store, odd]);
    expect(exit).toBe(0);
    expect(`${out}${err}`).not.toMatch(originals);
    expect(err).toContain('@example.com" occurs twice');
    expect(() => statSync(store)).toThrow('ENOENT');
  });

  test('shows no piece of a paste that cannot be decoded', async () => {
    const broken = 'data={"p":[{"email":"asha@shop.in" "mobile":"9800000001"}]}';
    expect((await run(['decode', broken])).err).toMatch(originals);
    const { exit, err } = await run(['decode', '--redact', broken]);
    expect(exit).toBe(1);
    expect(err).not.toMatch(originals);
  });
});
