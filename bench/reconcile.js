// How long `reconcile` takes to compare a million rows with a million events, from two CSV files and
// from the store, and its peak memory, beside `sort` and `comm` of the same keys, already cut to one
// column (they know no other spellings, repeats or tolerances). Needs GNU time and some 3 GB of temporary
// disk space.
//
//   node bench/reconcile.js [rows]
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';

const rows = Number(process.argv[2] ?? 1_000_000);
const missing = Math.min(1000, Math.floor(rows / 10));
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const path = (name) => join(folder, name);
const program = fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));

const peer = `export LC_ALL=C; cd ${folder} && sort report.keys > 1 && sort table.keys > 2 && comm -23 1 2 | wc -l`;

try {
  writeFiles();
  fillStore();
  console.log(`node ${process.version}, ${rows} rows, ${missing} of them missing`);
  console.log('                              seconds  peak memory');
  report(
    'report and table, CSV',
    reconcile(['--expect', path('report.csv'), '--in', path('table.csv')]),
  );
  report(
    'report and the store',
    reconcile(['--expect', path('report.csv'), '--store', path('store')]),
  );
  report(
    'the same, listing the missing',
    reconcile([
      ...['--expect', path('report.csv'), '--in', path('table.csv')],
      ...['--missing', path('missing.csv')],
    ]),
  );
  report('sort and comm of the keys', timed('bash', ['-c', peer]));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function eventOf(index) {
  return {
    who: `person.${index}@example.com`,
    msgid: String(9_007_001 + (index % 6)),
    activity: index % 3 === 0 ? 'click' : 'open',
    time: new Date(Date.UTC(2026, 11, 1) + (index % 86_400) * 1000).toISOString().slice(0, 19),
  };
}

function writeFiles() {
  const files = ['report.csv', 'table.csv', 'report.keys', 'table.keys'].map((name) =>
    openSync(path(name), 'w'),
  );
  const [report, table] = files;
  writeSync(report, 'Email ID,Message ID,Channel,Activity,Event Time\n');
  writeSync(table, 'contact;msgid;channel;activity;ts\n');
  for (let at = 0; at < rows; at += 1000) {
    const parts = ['', '', '', ''];
    for (let index = at; index < Math.min(rows, at + 1000); index += 1) {
      const { who, msgid, activity, time } = eventOf(index);
      parts[0] += `${who},${msgid},Email,${activity},${time}\n`;
      parts[2] += `${who},${msgid},${activity},${time}\n`;
      // The table is in another order.
      const other = (index * 7919) % rows;
      if (other >= rows - missing) continue;
      const row = eventOf(other);
      const ts = row.time.slice(2).replace(/\D/g, '');
      parts[1] += `${row.who};${row.msgid};email;${row.activity};${ts}\n`;
      parts[3] += `${row.who},${row.msgid},${row.activity},${row.time}\n`;
    }
    for (const [number, file] of files.entries()) writeSync(file, parts[number]);
  }
  for (const file of files) closeSync(file);
}

/** Writes calls of ten events straight into a new store. */
function fillStore() {
  execFileSync(process.execPath, [program, 'history', 'import', '-', '--store', path('store')], {
    input: '',
    stdio: ['pipe', 'inherit', 'ignore'],
  });
  const database = new Libsql(join(path('store'), 'captures.db'));
  database.exec('pragma synchronous = off; begin');
  const insert = database.prepare(
    `insert into captures (place, time, method, target, remote, status, problem, headers, events, body)
     values (?, ?, 'POST', '/hook', '203.0.113.7', 200, null, '[]', ?, x'')`,
  );
  const first = Date.UTC(2026, 11, 1);
  for (let at = 0; at < rows - missing; at += 10) {
    const events = Array.from({ length: Math.min(10, rows - missing - at) }, (_, index) => {
      const { who, msgid, activity, time } = eventOf(at + index);
      return ['email', activity, 'netcore_hook_test', activity, msgid, who, null, time, 0];
    });
    const time = first + at;
    insert.run((time - Date.UTC(2025, 0, 1)) * 1000, time, JSON.stringify(events));
  }
  database.exec('commit');
  database.close();
}

function reconcile(words) {
  const result = timed(process.execPath, [program, 'reconcile', ...words, '--json', '--no-config']);
  const { missing: found } = JSON.parse(result.out);
  if (found !== missing) throw new Error(`${found} are missing instead of ${missing}.`);
  return result;
}

/** GNU time reports the peak of the process, or of the largest of several. */
function timed(command, words) {
  const begun = performance.now();
  const { stdout, stderr } = spawnSync('/usr/bin/time', ['-f', '%M', command, ...words], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  const seconds = (performance.now() - begun) / 1000;
  const kilobytes = Number(stderr.trim().split('\n').at(-1));
  return { seconds, megabytes: kilobytes / 1024, out: stdout };
}

function report(name, { seconds, megabytes }) {
  const figures = [`${seconds.toFixed(1)} s`.padStart(8), `${megabytes.toFixed(0)} MB`.padStart(8)];
  console.log(`${name.padEnd(30)} ${figures.join('  ')}`);
}
