import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/list.js';
import { cutTo, displayWidth, wrapped } from '../../src/output/columns.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import { run } from '../helpers/run.js';
import { bodyOf, recordCalls } from '../helpers/store.js';

/** Names, how they are shown, and the columns that they take. */
const names: readonly (readonly [name: string, shown: string, columns: number])[] = [
  ['日本語の客', '日本語の客', 10],
  ['عميل', 'عميل', 4],
  ['👍🏽🇮🇳', '👍🏽🇮🇳', 4],
  ['e\u0301ve\u0301', 'e\u0301ve\u0301', 3],
  ['👩\u200d👧', '👩\\u200d👧', 10],
  ['\u202ecba', '\\u202ecba', 9],
];

const bodyFor = (name: string) =>
  bodyOf(
    [
      {
        channel: 'email',
        event: 'bounce',
        msgid: '546',
        event_params: { foreignkey: name, name, timestamp: '2026-11-23T14:00:00' },
      },
      { channel: name, event: 'open', event_params: { foreignkey: 'asha@example.com', name } },
    ],
    name,
  );

/** A store with a dead and a waiting call, in which this name stands everywhere. */
async function makeShop(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const calls = [{ body: bodyFor(name) }, { body: bodyFor(name) }];
  const { files, captures } = await recordCalls(calls, folder);
  queueCaptures(files, captures, (index) => ({
    state: index === 0 ? 'dead' : 'waiting',
    tries: index === 0 ? 3 : 0,
    target: `https://shop.example.com/${index}`,
  }));
  return folder;
}

const shops = new Map<string, Promise<string>>();
function shop(name: string): Promise<string> {
  const made = shops.get(name) ?? makeShop(name);
  shops.set(name, made);
  return made;
}
afterAll(async () => {
  for (const folder of await Promise.all(shops.values())) rmSync(folder, { recursive: true });
});

const commandLines: readonly (readonly string[])[] = [
  ['history', 'list'],
  ['history', 'stats'],
  ['history', 'stats', '--by', 'panel'],
  ['history', 'stats', '--by', 'hour'],
  ['queue'],
  ['queue', 'list'],
  ['status'],
  ['samples'],
  ['test-endpoint', '--list'],
  ['decode', '--format', 'table'],
];

const time = Date.UTC(2026, 10, 23, 12, 30);

async function shown(words: readonly string[], columns: number, name: string) {
  const decodes = words[0] === 'decode';
  const store = ['samples', 'test-endpoint', 'decode'].includes(words[0] ?? '')
    ? []
    : ['--store', await shop(name)];
  const { out, err } = await run(
    [...words, ...store, ...(decodes ? [Buffer.from(bodyFor(name)).toString()] : [])],
    { terminal: true, columns, now: () => time },
  );
  // Each store has its own name and ids.
  return stripVTControlCharacters(`${out}${err}`)
    .replaceAll(store[1] ?? '\0', 'STORE')
    .replaceAll(/\b(?=[a-z]*\d)[0-9a-z]{10}\b/g, 'ID'.padEnd(10))
    .replaceAll(/\d(?=[\d.]* (?:B|kB|GB)\b)|(?<=\d\.)\d(?= (?:kB|GB)\b)/g, '0');
}

describe.each(commandLines.map((words) => ({ words, line: words.join(' ') })))(
  '$line',
  ({ words }) => {
    test.each([60, 80, 120])('fits into %i columns, whatever names it shows', async (columns) => {
      for (const [name, asShown, width] of names) {
        const plain = 'x'.repeat(width);
        const text = await shown(words, columns, name);
        const levelled = text.replaceAll(asShown, plain);
        expect(levelled).toBe(await shown(words, columns, plain));
        for (const line of levelled.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
      }
    });
  },
);

describe('help', () => {
  const paths = commands.flatMap(({ name, verbs = [] }) => [
    [name],
    ...verbs.map((verb) => [name, verb.name]),
  ]);
  test.each([60, 80, 120])('breaks no command at %i columns', async (columns) => {
    for (const path of [[], ...paths]) {
      const { out } = await run([...path, '--help'], { terminal: true, columns });
      const wide = await run([...path, '--help'], { terminal: true, columns: 1000 });
      const examples = (text: string) => text.match(/ {2}netcore-hook .*?(?= {2}|$)/gm) ?? [];
      expect(examples(out)).toEqual(examples(wide.out));
      for (const line of out.split('\n')) {
        if (/^ +netcore-hook /.test(line)) continue;
        expect(line.length).toBeLessThanOrEqual(columns);
      }
    }
  });
});

describe('a hint', () => {
  test.each([60, 80, 120])('wraps at %i columns, but not within a command', async (columns) => {
    const { err } = await run(['history', 'prune'], { terminal: true, columns });
    expect(err).toMatch(/^error {2}/);
    for (const line of err.trimEnd().split('\n')) {
      expect(line.length).toBeLessThanOrEqual(columns);
      expect(line).toMatch(/^(?:error {2}| {7})\S/);
    }
    expect(err).toContain('netcore-hook history prune --keep 10000');
    expect(err).toContain('--keep-for 7d');
  });

  test('keeps a command that is wider than the terminal whole', () => {
    const command = 'netcore-hook queue retry --to https://shop.example.com/webhooks --state dead';
    const text = wrapped(`error  To send them again, run: ${command}\n`, {
      isTTY: true,
      columns: 40,
    });
    expect(text).toBe(`error  To send them again, run:\n       ${command}\n`);
  });
});

test.each(names)('%j takes the columns that a terminal gives it', (_, text, columns) => {
  expect(displayWidth(text)).toBe(columns);
  for (let room = 2; room <= columns; room += 1) {
    expect(displayWidth(cutTo(text, room))).toBeLessThanOrEqual(room);
    expect(cutTo(text, room)).not.toMatch(/[\ud800-\udbff]$/);
  }
});
