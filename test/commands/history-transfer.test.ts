import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bounce, parsed, shop } from '../helpers/history-command.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import { run, start } from '../helpers/run.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

describe('history export', () => {
  test('writes whole records, oldest first, that another store takes in', async () => {
    const { history, ids } = await shop();
    const { out } = await history(['export']);
    expect(parsed(out).map(({ id }) => id)).toEqual(ids);
    expect(Buffer.from(parsed(out)[0].body, 'base64')).toEqual(Buffer.from(bounce));
    const store = join(temporaryFolder(), 'new');
    const imported = await run(['history', 'import', '-', '--store', store, '--json'], {
      input: out,
    });
    expect(parsed(imported.out)).toEqual([{ schema: 1, type: 'imported', captures: 3, known: 0 }]);
    const again = await run(['history', 'export', '--store', store]);
    expect(again.out).toBe(out);
    const twice = await run(['history', 'import', '-', '--store', store], { input: out });
    expect(twice.err).toBe('Imported 0 captures, 3 already existed.\n');
  });

  test('writes those that are named, and nothing when one of them is not there', async () => {
    const { history, ids } = await shop();
    const { out } = await history(['export', 'last', ids[0]!]);
    expect(parsed(out).map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    const broken = await history(['export', 'last', 'zzzz']);
    expect(broken).toMatchObject({ exit: 1, out: '' });
  });
});

describe('history import', () => {
  const record = {
    type: 'capture',
    id: '1pbwvpsf2gabcdef',
    time: '2026-11-23T12:00:00.000Z',
    method: 'POST',
    target: '/hook',
    remote: '203.0.113.7',
    status: 200,
    headers: [],
    body: '',
  };

  test.each([
    ['no JSON', 'data=%7B%7D', 'not JSON'],
    ['a listed capture', { ...record, body: undefined, headers: undefined }, 'headers'],
    ['no id', { ...record, id: '../../etc/passwd' }, 'id'],
    ['an id of a time to come', { ...record, id: 'zzzzzzzzzzabcdef' }, 'time in the future'],
    ['one event of a capture', { ...record, id: `${record.id}.1` }, 'a single event'],
    ['a header that would end a line', { ...record, headers: [['X', 'a\r\nY: b']] }, 'headers'],
    ['a method that is none', { ...record, method: 'POST / HTTP/1.1' }, 'method'],
    ['a status that no answer has', { ...record, status: 1e20 }, 'status'],
    ['a body that is not base64', { ...record, body: 'data={}' }, 'base64'],
  ])('refuses %s, and names the line', async (_, line, reason) => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'captures.jsonl'),
      `${JSON.stringify(record)}\n${typeof line === 'string' ? line : JSON.stringify(line)}\n`,
    );
    const { exit, err } = await run(
      ['history', 'import', 'captures.jsonl', '--store', join(folder, 'store')],
      { cwd: folder, now: () => Date.UTC(2026, 10, 24) },
    );
    expect(exit).toBe(1);
    expect(err).toContain('Line 2 of captures.jsonl is not an exported capture');
    expect(err).toContain(reason);
  });

  test('keeps no secret that a file made by hand may hold', async () => {
    const store = join(temporaryFolder(), 'store');
    const headers = [
      ['Authorization', 'Basic bmV0Y29yZTpzZWNyZXQ='],
      ['Cookie', 'shop=north'],
    ];
    await run(['history', 'import', '-', '--store', store], {
      input: JSON.stringify({ ...record, headers }),
    });
    const { out } = await run(['history', 'show', 'last', '--json', '--store', store]);
    expect(parsed(out)[0].headers.map((pair: string[]) => pair[1])).toEqual([
      '<removed>',
      '<removed>',
    ]);
  });

  test('says that a file is not there', async () => {
    const folder = temporaryFolder();
    const { exit, err } = await run(['history', 'import', 'nowhere', '--store', folder]);
    expect(exit).toBe(3);
    expect(err).toContain('file_not_read');
  });
});

describe('history prune', () => {
  test('keeps the newest captures that fit into a size', async () => {
    const body = bodyOf([{ channel: 'sms', event: 'sent', note: 'x'.repeat(200_000) }]);
    const { files, captures } = await recordCalls(Array.from({ length: 10 }, () => ({ body })));
    const words = ['history', 'prune', '--keep-size', '1mb', '--json', '--store', files.folder];
    const refused = await run(words);
    expect(parsed(refused.err)[0].message).toMatch(/^Removing about [67] captures permanently/);
    const { exit, out } = await run([...words, '--yes']);
    expect(exit).toBe(0);
    const [{ captures: removed, left }] = parsed(out);
    expect([6, 7]).toContain(removed);
    expect(removed + left).toBe(10);
    const { out: list } = await run(['history', '--json', '--store', files.folder]);
    expect(parsed(list).map(({ id }) => id)).toEqual(
      captures
        .slice(removed)
        .map(({ id }) => id)
        .reverse(),
    );
  });

  test('keeps the newest, and says how many went', async () => {
    const { history, ids } = await shop();
    const { exit, out } = await history(['prune', '--keep', '1', '--yes', '--json']);
    expect(exit).toBe(0);
    expect(parsed(out)).toEqual([
      { schema: 1, type: 'pruned', captures: 2, left: 1, compacted: false },
    ]);
    expect(parsed((await history(['--json'])).out).map(({ id }) => id)).toEqual([ids[2]]);
  });

  test('keeps what waits to be forwarded, and says how much', async () => {
    const { history, files, captures } = await shop();
    queueCaptures(files, captures, (index) => (index === 0 ? { state: 'waiting' } : undefined));
    const { exit, out, err } = await history(['prune', '--keep', '1', '--yes', '--json']);
    expect(exit).toBe(0);
    expect(parsed(out)).toMatchObject([{ type: 'pruned', captures: 1, left: 2 }]);
    expect(parsed(err)[0].message).toBe('1 capture that waits to be forwarded was kept.');
    const again = await history(['prune', '--keep', '1']);
    expect(again.exit).toBe(0);
    expect(again.err).toContain('Removed 0 captures');
  });

  test('keeps dead calls unless --keep-for reaches back to them, and names what drops them', async () => {
    const { history, files, captures } = await shop();
    queueCaptures(files, captures, (index) => (index < 2 ? { state: 'dead' } : undefined));
    for (const limit of [
      ['--keep', '0'],
      ['--keep', '0', '--keep-for', '1h'],
    ]) {
      const { err } = await history(['prune', ...limit, '--yes', '--json']);
      expect(parsed(err)[0]).toMatchObject({
        code: 'dead_kept',
        message: `2 dead calls were kept, since no handler accepted them. To drop them: netcore-hook --store ${files.folder} queue drop --dead`,
      });
    }
    const drop = ['queue', 'drop', '--dead', '--yes', '--store', files.folder];
    expect((await run(drop)).exit).toBe(0);
    const { out } = await history(['prune', '--keep', '1', '--yes', '--json']);
    expect(parsed(out)).toMatchObject([{ captures: 1, left: 1 }]);
  });

  test('removes dead calls that are older than --keep-for', async () => {
    const { history, files, captures } = await shop();
    queueCaptures(files, captures, () => ({ state: 'dead' }));
    const { out, err } = await history(['prune', '--keep-for', '0s', '--yes', '--json']);
    expect(parsed(out)).toMatchObject([{ captures: 3, left: 0 }]);
    expect(err).toBe('');
  });

  test('removes nothing without a yes, asked for on a terminal or given', async () => {
    const { history, files } = await shop();
    const refused = await history(['prune', '--keep-for', '0s']);
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('Removing 3 captures permanently needs confirmation');
    const json = await history(['prune', '--keep', '1', '--json']);
    expect(parsed(json.err)[0].message).toContain('--json disables prompts');
    const asked = start(['history', 'prune', '--keep', '1', '--store', files.folder], {
      terminal: true,
    });
    await asked.line(/Remove 2 captures permanently\?/);
    asked.type('n\n');
    expect((await asked.finished).exit).toBe(1);
    expect(parsed((await history(['--json'])).out).length).toBe(3);
  });
});
