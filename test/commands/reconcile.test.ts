import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parsed } from '../helpers/history-command.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { netcoreEvent, type TruthEvent, truthLine } from '../helpers/truth.js';

const noon = Date.UTC(2025, 10, 24, 6, 30) / 1000;

const opens: readonly TruthEvent[] = ['asha', 'ravi', 'meera'].map((name, index) => ({
  msgid: '9007001',
  contact: `${name}@example.com`,
  channel: 'email',
  activity: 'open',
  time: noon + index * 60,
  detail: '',
}));

/** Of `opens`, in the panel's time. */
const report = [
  'Email ID,Message ID,Channel,Activity,Event Time',
  'Asha@example.com,9007001,Email,Opened,2025-11-24 12:00:00',
  'ravi@example.com,9007001,email,open,2025-11-24 12:01:00',
  'meera@example.com,9007001,email,open,2025-11-24 12:02:00',
  '',
].join('\n');

/** A folder with these files, and `reconcile` in it. */
function shop(files: Readonly<Record<string, string | Uint8Array>>) {
  const cwd = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  const reconcile = (words: readonly string[], options: RunOptions = {}) =>
    run(['reconcile', ...words], { cwd, ...options });
  const result = async (words: readonly string[], options: RunOptions = {}) => {
    const { exit, out, err } = await reconcile([...words, '--json'], options);
    expect(err).not.toContain('"type":"problem"');
    return { exit, ...parsed(out)[0] };
  };
  return { cwd, reconcile, result };
}

/** Also with a store of `opens` but for the last. */
async function shopWithStore(files: Readonly<Record<string, string>>) {
  const made = shop(files);
  const { captures } = await recordCalls(
    [
      { body: bodyOf(opens.slice(0, 2).map(netcoreEvent)), time: (noon + 90) * 1000 },
      { body: bodyOf([netcoreEvent(opens[0] as TruthEvent)]), time: (noon + 95) * 1000 },
    ],
    join(made.cwd, 'captures'),
  );
  return { ...made, ids: captures.map(({ id }) => id), env: { NETCORE_HOOK_STORE: 'captures' } };
}

describe('reconcile', () => {
  const table = report.replace(/^ravi.*\n/m, '');

  test.each<[string, string | Uint8Array]>([
    ['commas', table],
    ['semicolons', table.replaceAll(',', ';')],
    ['tabs', table.replaceAll(',', '\t')],
    ['the delimiter in its first line', `sep=;\r\n${table.replaceAll(',', ';')}`],
    ['a byte order mark', `\ufeff${table}`],
    ['line ends of Windows', table.replaceAll('\n', '\r\n')],
    ['no line end at the end', table.trimEnd()],
    ['empty lines', table.replaceAll('\n', '\n\n')],
    ['quotes', table.replaceAll(/[^,\n]+/g, '"$&"')],
    ['a line break in a value', table.replaceAll(/,Email,/g, ',"Email\n",')],
    ['gzip', gzipSync(table)],
    ['UTF-16', Buffer.from(`\ufeff${table}`, 'utf16le')],
    ['UTF-16 within gzip', gzipSync(Buffer.from(`\ufeff${table}`, 'utf16le'))],
    ['the blanks and bars of psql -A', table.replaceAll(',', '|')],
  ])('reads CSV with %s', async (_, content) => {
    const { result } = shop({ report, 'table.csv': content });
    const words = ['--expect', 'report', '--in', 'table.csv'];
    expect(await result(words)).toMatchObject({ exit: 1, both: 2, missing: 1, unexpected: 0 });
  });

  const rows = opens.slice(1).map(({ contact, msgid, activity, time }) => ({
    contact,
    msgid: Number(msgid),
    activity,
    ts: new Date(time * 1000).toISOString(),
    nested: { ignored: true },
  }));

  test.each([
    ['a JSON array', JSON.stringify(rows)],
    ['an indented JSON array', `\n${JSON.stringify(rows, undefined, 2)}\n`],
    ['NDJSON', rows.map((row) => JSON.stringify(row)).join('\n')],
    [
      'a truth file',
      opens
        .slice(1)
        .map((event) => truthLine(event))
        .join('\n'),
    ],
    [
      'a truth file that a kill has cut',
      `${opens
        .slice(1)
        .map((event) => truthLine(event))
        .join('\n')}\n{"schema":1,"ty`,
    ],
  ])('reads %s', async (_, content) => {
    const { result } = shop({ report, table: content });
    const words = ['--expect', 'report', '--in', 'table'];
    expect(await result(words)).toMatchObject({
      both: 2,
      missingRows: [{ at: 'report:2', who: 'Asha@example.com' }],
    });
  });

  test('reads several files, those of a pattern, and stdin', async () => {
    const [header = '', ...lines] = report.trimEnd().split('\n');
    const { result } = shop({
      'report-1.csv': [header, lines[0]].join('\n'),
      'report-2.csv': [header, lines[1]].join('\n'),
      'other.csv': [header, lines[2]].join('\n'),
    });
    for (const files of [
      ['report-*.csv', 'other.csv'],
      ['report-1.csv', 'report-2.csv', 'other.csv'],
    ]) {
      expect(await result(['--expect', ...files, '--in', '-'], { input: report })).toMatchObject({
        exit: 0,
        expected: { name: '3 files', rows: 3 },
        in: { name: 'stdin', rows: 3 },
        both: 3,
      });
    }
  });

  test.each([
    ['history export', ['history', 'export']],
    ['history list --json', ['history', 'list', '--json']],
  ])('reads the events that %s wrote', async (_, words) => {
    const { cwd, env, result } = await shopWithStore({
      'truth.ndjson': opens.map((event) => truthLine(event)).join('\n'),
    });
    const { out } = await run(words, { cwd, env });
    writeFileSync(join(cwd, 'captures.jsonl'), `{"schema":1,"type":"ready"}\n${out}`);
    expect(await result(['--expect', 'truth.ndjson', '--in', 'captures.jsonl'])).toMatchObject({
      exit: 1,
      both: 2,
      missing: 1,
    });
    // Their times are those of the panel, and the report's are not.
    writeFileSync(join(cwd, 'report.csv'), report.replaceAll(' 12:0', ' 06:3'));
    expect(
      await result(['--expect', 'report.csv', '--in', 'captures.jsonl', '--tz', 'UTC']),
    ).toMatchObject({ both: 2, missing: 1 });
  });

  test('is also a verb of history', async () => {
    const { cwd } = shop({ report });
    const words = ['history', 'reconcile', '--expect', 'report', '--in', 'report'];
    expect(await run(words, { cwd })).toMatchObject({ exit: 0, err: '' });
  });

  test('exits with 1 when the store lacks what is expected, and names it', async () => {
    const { result, env } = await shopWithStore({ 'report.csv': report });
    expect(await result(['--expect', 'report.csv'], { env })).toMatchObject({
      exit: 1,
      expected: { name: 'report.csv', isStore: false, rows: 3, repeated: 0 },
      in: { name: 'the store', isStore: true, rows: 3, repeated: 1 },
      key: ['msgid', 'who', 'channel', 'event', 'time'],
      both: 2,
      missing: 1,
      missingRows: [
        { at: 'report.csv:4', who: 'meera@example.com', time: '2025-11-24T06:32:00.000Z' },
      ],
      first: '2025-11-24T06:32:00.000Z',
      last: '2025-11-24T06:32:00.000Z',
      histogram: { step: 60, counts: [{ start: '2025-11-24T06:32:00.000Z', events: 1 }] },
    });
  });

  test('exits with 0 when nothing expected is missing, and lists the unexpected', async () => {
    const { result, env } = await shopWithStore({ 'table.csv': report });
    expect(await result(['--in', 'table.csv'], { env })).toMatchObject({
      exit: 0,
      both: 2,
      missing: 0,
      unexpected: 1,
      expected: { repeated: 1 },
      unexpectedRows: [{ at: 'table.csv:4' }],
    });
  });

  test('writes the missing rows as they were, or ids that replay takes', async () => {
    const { cwd, reconcile, env, ids } = await shopWithStore({
      'report.csv': report.replaceAll('\n', '\r\n'),
      'table.csv': report.replace(/^ravi.*\n/m, ''),
    });
    const file = join(cwd, 'missing');
    await reconcile(['--expect', 'report.csv', '--missing', 'missing'], { env });
    const [header, , , meera] = report.split('\n');
    expect(readFileSync(file, 'utf8')).toBe(`${header}\n${meera}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { exit } = await reconcile(['--in', 'table.csv', '--missing', 'missing'], { env });
    expect(exit).toBe(1);
    const id = readFileSync(file, 'utf8').trim();
    expect(id).toBe(`${ids[0]}.2`);
    const { out } = await run(['replay', id, '--print', 'json'], { cwd, env });
    expect(out).toContain('ravi@example.com');
    await reconcile(['--in', 'report.csv', '--missing', 'missing'], { env });
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('never overwrites what it compares', async () => {
    const { cwd, reconcile } = shop({ 'report.csv': report, 'table.csv': table });
    for (const [words, missing] of [
      [['--expect', 'report.csv', '--in', 'table.csv'], './report.csv'],
      [['--expect', 'report.csv', '--in', 'table*.csv'], 'table.csv'],
    ] as const) {
      const { exit, err } = await reconcile([...words, '--missing', missing]);
      expect({ exit, err }).toEqual({
        exit: 2,
        err: expect.stringContaining('which is compared'),
      });
    }
    expect(readFileSync(join(cwd, 'report.csv'), 'utf8')).toBe(report);
    expect(readFileSync(join(cwd, 'table.csv'), 'utf8')).toBe(table);
  });

  test.each<[string, string, string, number]>([
    ['with and without the country code', '1000000001', '911000000001', 0],
    ['with a plus sign and blanks', '+91 10000 00001', '1000000001', 0],
    ['with zeros in front', '00911000000001', '01000000001', 0],
    ['of two countries', '441000000001', '911000000001', 1],
    ['too short to lack a country code', '820000001', '91820000001', 1],
    ['as addresses in any case', 'Asha@Example.com', 'asha@example.COM', 0],
  ])('compares contacts %s', async (_, one, other, missing) => {
    const { result } = shop({
      one: `mobile,msgid,event\n"${one}",1,click\n`,
      other: `phone,msgid,event\n"${other}",1,Clicked\n`,
    });
    expect(await result(['--expect', 'one', '--in', 'other'])).toMatchObject({ missing });
  });

  test.each<[string, readonly string[], string, number]>([
    ['in the zone of the report', ['--tz', 'UTC'], '2025-11-24 06:30:00', 0],
    ['in a zone with summer time', ['--tz', 'America/New_York'], '2025-11-24 01:30:00', 0],
    ['with a zone of their own', ['--tz', 'UTC'], '2025-11-24T12:00:00+05:30', 0],
    ['of the panel', [], '251124120000', 0],
    ['of the panel in another zone', ['--panel-tz', 'UTC'], '2025-11-24 12:00', 0],
    ['in seconds since 1970', [], '1763965800', 0],
    ['in milliseconds since 1970', [], '1763965800123', 0],
    ['with the name of the month', [], '24 Nov 2025 12:00:00 PM', 0],
    ['a second later', [], '2025-11-24 12:00:01', 1],
    ['within a tolerance', ['--within', '10m'], '2025-11-24 12:10:00', 0],
    ['out of a tolerance', ['--within', '10m'], '2025-11-24 12:10:01', 1],
  ])('compares times %s', async (_, words, time, missing) => {
    const truth = truthLine({ ...(opens[0] as TruthEvent) });
    const { result } = shop({
      truth,
      table: `contact,msgid,event,time\nasha@example.com,9007001,open,"${time}"\n`,
    });
    expect(await result(['--expect', 'truth', '--in', 'table', ...words])).toMatchObject({
      missing,
    });
  });

  test('expects of a truth file what was answered 200 at least once', async () => {
    const [asha, ravi, meera] = opens as [TruthEvent, TruthEvent, TruthEvent];
    const { result } = shop({
      truth: [
        truthLine(asha, 500),
        truthLine(asha, 200, true),
        truthLine(ravi, null),
        truthLine(meera, 200),
      ].join('\n'),
      table: report.replace(/^(?:meera|ravi).*\n/gm, ''),
    });
    expect(await result(['--expect', 'truth', '--in', 'table'])).toMatchObject({
      both: 1,
      missing: 1,
      unconfirmed: 1,
      missingRows: [{ who: 'meera@example.com' }],
    });
  });

  test('names the contacts that a handler lost which keeps one event of each message', async () => {
    const { result, reconcile } = shop({
      truth: opens.map((event) => truthLine(event)).join('\n'),
      table: report.split('\n').slice(0, 2).join('\n'),
    });
    const words = ['--expect', 'truth', '--in', 'table'];
    expect((await result(words)).missingRows.map(({ who }: { who: string }) => who)).toEqual([
      'ravi@example.com',
      'meera@example.com',
    ]);
    const { exit, out } = await reconcile(words);
    expect(exit).toBe(1);
    expect(out).toMatch(/^2 of 3 expected events are missing in table\.$/m);
  });

  test('says in one line that no event of an activity of a message came', async () => {
    const { result, reconcile, env } = await shopWithStore({
      report: `${report}${report.split('\n').slice(1).join('\n').replaceAll('9007001', '612')}`,
    });
    expect(await result(['--expect', 'report'], { env })).toMatchObject({
      missing: 4,
      silent: [{ msgid: '612', channel: 'email', event: 'open', events: 3 }],
      missingRows: [{ who: 'meera@example.com', msgid: '9007001' }],
    });
    const { out } = await reconcile(['--expect', 'report'], { env });
    expect(out).toContain(
      '\nNo email open of msgid 612 ever came (3 expected): is there a webhook node for it?\n',
    );
  });

  test('warns when not one row is equal, as in another zone', async () => {
    const { reconcile } = shop({ report, table: report.replaceAll(' 12:', ' 06:') });
    const words = ['--expect', 'report', '--in', 'table'];
    expect((await reconcile(words)).err).toMatch(/^warning {2}Not one expected event .*--tz/);
    const { err } = await reconcile([...words, '--key', 'who,msgid,event']);
    expect(err).toBe('');
  });

  test('counts what is there more than once', async () => {
    const { result } = shop({ report, table: `${report}${report.split('\n')[1]}\n` });
    const both = await result(['--expect', 'report', '--in', 'table']);
    expect(both).toMatchObject({ exit: 0, both: 3, unexpected: 0, in: { repeated: 1 } });
    // Without times, the rows of one key are compared by their number.
    const key = ['--key', 'who,msgid,event'];
    expect(await result(['--expect', 'report', '--in', 'table', ...key])).toMatchObject({
      both: 3,
      in: { repeated: 1 },
    });
  });

  test('reads times only where they are compared, and leaves out empty rows', async () => {
    const table = `${report.replaceAll(/2025-11-24 [\d:]+/g, '24/11/2025')},,,,\n`;
    const { result } = shop({ report, table });
    const words = ['--expect', 'report', '--in', 'table', '--key', 'who,msgid,event'];
    expect(await result(words)).toMatchObject({ both: 3, in: { rows: 3 } });
  });

  test('filters both sides', async () => {
    const { result, env } = await shopWithStore({ 'report.csv': report });
    const words = ['--expect', 'report.csv', '--who', 'asha@example.com'];
    expect(await result(words, { env })).toMatchObject({ both: 1, missing: 0, unexpected: 0 });
    // Calls arrive later than their events happen.
    const since = ['--expect', 'report.csv', '--since', new Date(noon * 1000 + 1000).toISOString()];
    expect(await result(since, { env })).toMatchObject({
      expected: { rows: 2 },
      both: 1,
      missing: 1,
    });
  });

  test('--by message compares totals, also those of a dashboard', async () => {
    const { reconcile, env } = await shopWithStore({
      'report.csv': report,
      'totals.csv': 'Message ID,Activity,Count\n9007001,open,"1,200"\n9007001,click,0\n',
    });
    const { exit, out } = await reconcile(['--expect', 'report.csv', '--by', 'message', '--json'], {
      env,
    });
    expect(exit).toBe(1);
    expect(parsed(out)).toMatchObject([
      {
        type: 'message_total',
        msgid: '9007001',
        channel: 'email',
        event: 'open',
        expected: 3,
        in: 2,
      },
      { type: 'totals', totals: 1, short: 1, missing: 1 },
    ]);
    const regions = shop({
      'regions.csv':
        'msgid,event,region,total,eventdate\n5,open,north,40,2026-12-01\n5,open,south,40,2026-12-01\n',
      'table.csv': 'msgid,event,total\n5,open,40\n',
    });
    const { err, out: summed } = await regions.reconcile([
      ...['--expect', 'regions.csv', '--in', 'table.csv', '--by', 'message', '--json'],
    ]);
    expect(err).toBe('');
    expect(parsed(summed)[0]).toMatchObject({ expected: 80, in: 40 });
    const { out: text } = await reconcile(['--expect', 'totals.csv', '--by', 'message'], { env });
    expect(text).toMatch(/^9007001 +open +1,200 +2 +1,198$/m);
  });

  test('--by message counts contacts of two countries apart', async () => {
    const head = 'msgid,event,time,who\n';
    const row = (who: string) => `5,open,2026-12-01 10:00:00,${who}\n`;
    const { reconcile } = shop({
      expect: head + row('911000000001') + row('+44 1000000001') + row('1000000001'),
      in: head + row('911000000001'),
    });
    const words = ['--expect', 'expect', '--in', 'in', '--by', 'message', '--json'];
    expect(parsed((await reconcile(words)).out)[0]).toMatchObject({ expected: 2, in: 1 });
  });

  test('rows that are alike are each written as missing', async () => {
    const row = 'asha@example.com,5,open\n';
    const { reconcile, cwd } = shop({
      expect: `who,msgid,event\n${row.repeat(9)}`,
      in: `who,msgid,event\n${row.repeat(4)}`,
    });
    const words = ['--expect', 'expect', '--in', 'in', '--missing', 'missing.csv'];
    expect((await reconcile(words)).exit).toBe(1);
    expect(readFileSync(join(cwd, 'missing.csv'), 'utf8')).toBe(
      `who,msgid,event\n${row.repeat(5)}`,
    );
  });

  test('--dry-run shows the columns that it recognises, with three rows', async () => {
    const { reconcile } = shop({ report: report.replace('Activity', 'Status'), table: report });
    const words = ['--expect', 'report', '--in', 'table', '--map', 'event=status', '--dry-run'];
    const { exit, out } = await reconcile([...words, '--json']);
    expect(exit).toBe(0);
    expect(parsed(out)).toMatchObject([
      {
        type: 'columns',
        side: 'expect',
        form: 'CSV',
        fields: [
          { field: 'msgid', columns: ['Message ID'] },
          { field: 'who', columns: ['Email ID'] },
          { field: 'channel', columns: ['Channel'] },
          { field: 'event', columns: ['Status'] },
          { field: 'time', columns: ['Event Time'] },
        ],
        ignored: [],
        rows: [{ who: 'Asha@example.com' }, {}, {}],
      },
      { type: 'columns', side: 'in' },
      { type: 'reconcile_plan', key: ['msgid', 'who', 'channel', 'event', 'time'] },
    ]);
    expect((await reconcile(words)).out).toMatch(/^ {2}who {6}Email ID$/m);
  });

  test('takes mappings from the project file, whichever files they concern', async () => {
    const { reconcile, cwd } = shop({
      report: report.replace('Activity', 'Status'),
      table: report,
      'own.json': JSON.stringify({ map: ['event=Status', 'who=Customer'] }),
    });
    const words = ['--expect', 'report', '--in', 'table', '--config', join(cwd, 'own.json')];
    expect(await reconcile(words)).toMatchObject({ exit: 0, err: '' });
  });
});

describe('what reconcile refuses', () => {
  const truth = opens.map((event) => truthLine(event)).join('\n');
  const many = (columns: (index: number) => string) =>
    Array.from({ length: 300 }, (_, index) => columns(index)).join('\n');

  test.each<[string, Record<string, string>, readonly string[], RegExp]>([
    ['no file at all', {}, [], /needs a file to compare with the store/],
    ['stdin on both sides', {}, ['--expect', '-', '--in', '-'], /Stdin can be read only once/],
    ['a word', {}, ['report.csv'], /takes options only, but got "report\.csv"/],
    ['a file that is not there', {}, ['--expect', 'a', '--in', 'b'], /^error {2}Cannot read .*a: /],
    [
      'a pattern without a match',
      {},
      ['--expect', '*.csv', '--in', 'b'],
      /No file matches \*\.csv/,
    ],
    ['an empty file', { a: '\n' }, ['--expect', 'a', '--in', 'a'], /a is empty/],
    [
      'a CSV without a usable column',
      { a: 'Name,City\nAsha,Pune\n' },
      ['--expect', 'a', '--in', 'a'],
      /a has no column that can be compared\. Its columns: "Name", "City"\.\n.*--map who=/,
    ],
    [
      'the table that psql prints',
      { a: '  msgid  |  who\n---------+-------\n 1 | asha@example.com\n' },
      ['--expect', 'a', '--in', 'a'],
      /a, line 2: the row has 1 value, and the header has 2\.\n.*--csv/,
    ],
    [
      'a row with too few values',
      { a: 'who,msgid,event\n"x\ny",1,open\nasha@example.com,1\n' },
      ['--expect', 'a', '--in', 'a'],
      /a, line 4: the row has 2 values, and the header has 3/,
    ],
    [
      'a quote that is not closed',
      { a: 'who,msgid,event\nasha@example.com,1,"open\n' },
      ['--expect', 'a', '--in', 'a'],
      /a, line \d: a quote is not closed/,
    ],
    [
      'a number that Excel has rounded',
      { a: 'Mobile,msgid,event\n911000000001,1,open\n9.19E+11,1,open\n' },
      ['--expect', 'a', '--in', 'a'],
      /a, line 3, column 1 \(Mobile\): "9\.19E\+11" is a number that a spreadsheet has rounded/,
    ],
    [
      'a time that could be two',
      { a: 'who,msgid,event,time\nasha@example.com,1,open,01/12/2025 10:00\n' },
      ['--expect', 'a', '--in', 'a'],
      /a, line 2, column 4 \(time\): "01\/12\/2025 10:00" is not a time that can be read/,
    ],
    [
      'a line that is not JSON',
      { a: '{"who":"a@example.com","event":"open"}\n{"who":\n' },
      ['--expect', 'a', '--in', 'a'],
      /a, line 2: it is not valid JSON/,
    ],
    [
      'an array that is cut',
      { a: '[{"who":"a@example.com","event":"open"},{"who"' },
      ['--expect', 'a', '--in', 'a'],
      /a, line 1: the JSON array is not closed/,
    ],
    [
      'message ids alone',
      { a: 'msgid\n1\n', truth },
      ['--expect', 'truth', '--in', 'a'],
      /msgid alone cannot identify events/,
    ],
    [
      'sides without a common field',
      { a: 'who\nasha@example.com\n', b: 'link\nhttps://shop.example.com\n' },
      ['--expect', 'a', '--in', 'b'],
      /a and b have no field in common/,
    ],
    [
      'a key that a side lacks',
      { a: 'who,event\nasha@example.com,open\n', truth },
      ['--expect', 'truth', '--in', 'a', '--key', 'who,msgid'],
      /--key needs the field msgid, which a lacks/,
    ],
    [
      'a tolerance without times',
      { a: 'who,event\nasha@example.com,open\n', truth },
      ['--expect', 'truth', '--in', 'a', '--within', '10m'],
      /--within needs the field time, which a lacks/,
    ],
    [
      'a key that too many rows share',
      {
        a: `who,msgid,event,time\n${many((index) => `c${index}@example.com,1,open,${1763965800 + index}`)}`,
      },
      ['--expect', 'a', '--in', 'a', '--key', 'msgid,event'],
      /The key msgid, event does not identify events: 299 of 300 rows of a share it with another row\.\n.*--key msgid,event,who,time/,
    ],
    [
      'an unknown field',
      {},
      ['--expect', 'a', '--map', 'whom=Email'],
      /--map cannot be "whom=Email": "whom" is not a field\.\n.*who=Email/,
    ],
    [
      'a column that no file has',
      { a: report },
      ['--expect', 'a', '--in', 'a', '--map', 'who=Email Id 2'],
      /names a column that no file has\.\n.*Did you mean "Email ID"\?/,
    ],
    [
      'a filter of captures without the store',
      { a: report },
      ['--expect', 'a', '--in', 'a', '--outcome', 'dead'],
      /--outcome selects captures, and no side is the store/,
    ],
    [
      'a file for the missing rows that cannot be written',
      { a: report },
      ['--expect', 'a', '--in', 'a', '--missing', 'none/missing.csv'],
      /Cannot write .*none\/missing\.csv/,
    ],
    ['a store that is not there', { a: report }, ['--expect', 'a', '--store', 'none'], /none/],
  ])('%s', async (_, files, words, message) => {
    const { cwd, reconcile } = shop(files);
    const before = readdirSync(cwd);
    const { exit, out, err } = await reconcile(words);
    expect(out).toBe('');
    expect(err).toMatch(message);
    expect(err.match(/^error/gm)).toHaveLength(1);
    expect([2, 3]).toContain(exit);
    expect(readdirSync(cwd)).toEqual(before);
  });
});

describe('the temporary file of a reconciliation', () => {
  const temporary = (folder: string) =>
    readdirSync(folder).filter((name) => /^netcore-hook-[\da-f]{24}\.tmp/.test(name));

  test('is gone before the end, whatever happens', async () => {
    const { cwd, env } = await shopWithStore({ report });
    const words = ['reconcile', '--expect', 'report', '--in', '-'];
    const running = start(words, { cwd, env, terminal: true });
    running.type(report + report.split('\n').slice(1).join('\n'));
    await running.line(/Reading stdin/);
    expect(temporary(join(cwd, 'captures'))).toEqual([]);
    running.signal('SIGINT');
    expect(await running.finished).toMatchObject({ exit: 130 });
    const failing = await run([...words.slice(0, 4), 'missing'], { cwd, env });
    expect(failing.exit).toBe(3);
    expect(temporary(join(cwd, 'captures'))).toEqual([]);
    expect(existsSync(join(cwd, 'captures', 'captures.db'))).toBe(true);
  });
});
