// How long it takes to find a contact, a message and an event key among a million captures (2 kB
// bodies, two events each), as a new process minus Node's own start, once the index is built. Beside
// it: the same by a plain index of SQLite over message numbers, which is the limit, and the time that
// building the index took. Medians. Needs some 4 GB of temporary disk space.
//
//   node bench/find.js [captures] [runs] [folder of a store to keep and reuse]
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { contacts, fillStore } from './fill-store.js';
import { median } from './median.js';
import { runHistory, time } from './run-history.js';

const captures = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 9);
const kept = process.argv[4];
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const store = kept ?? join(folder, 'store');
const binary = fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));
/** A segment holds at least so many captures, and the newest ones are not in any. */
const fewest = 32;

try {
  if (!existsSync(join(store, 'captures.db'))) fillStore(store, captures);
  const seconds = await buildIndex();
  const database = new Libsql(join(store, 'captures.db'), { readonly: true });
  const bytes = database.prepare('select sum(length(data)) from lookup_parts').raw().get()[0];
  database.close();
  console.log(`node ${process.version}, ${captures} captures, medians of ${runs}`);
  console.log(
    `index: ${(bytes / captures).toFixed(0)} bytes a capture, built in ${seconds.toFixed(0)} s`,
  );
  const plain = fillPlainIndex();
  const limit = `
    const Libsql = require(${JSON.stringify(fileURLToPath(import.meta.resolve('libsql')))});
    new Libsql(${JSON.stringify(plain)}).prepare('select body from rows where msgid = ?').all('7');`;
  const questions = [
    ['a contact', ['list', '--who', `asha${Math.min(7, contacts - 1)}@example.com`]],
    ['a part of one', ['list', '--who', 'asha7@exam']],
    ['an unknown contact', ['list', '--who', 'nobody@example.com']],
    ['a telephone number', ['list', '--who', '0000000001']],
    ['a message, the oldest', ['list', '--msgid', '0']],
    ['an unknown key', ['list', '--key', '00000000']],
    ['the oldest by last~n', ['show', `last~${captures - 1}`]],
  ];
  console.log('                        less bare node   of the limit');
  for (const [name, words] of questions) {
    // Alternates, so that other load on the machine affects all.
    const times = { whole: [], bare: [], limit: [], start: [] };
    for (let run = 0; run < runs; run += 1) {
      times.bare.push(time(() => execFileSync(process.execPath, ['-e', '0'])));
      times.limit.push(time(() => execFileSync(process.execPath, ['-e', limit])));
      times.start.push(time(() => runHistory(store, ['list', '--limit', '1', '--json'])));
      times.whole.push(time(() => runHistory(store, [...words, '--json'])));
    }
    const ms = median(times.whole) - median(times.bare);
    const limitMs = median(times.limit) - median(times.bare);
    const more = median(times.whole) - median(times.start);
    console.log(
      `${name.padEnd(24)} ${ms.toFixed(0).padStart(6)} ms  ${(ms / limitMs).toFixed(1).padStart(10)}` +
        `   (${more.toFixed(0)} ms more than the newest capture)`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs a listener until it has described all captures. Returns the seconds. */
async function buildIndex() {
  const begun = performance.now();
  const listener = spawn(
    process.execPath,
    [binary, 'listen', '--port', '0', '--keep', String(captures * 2), '--store', store],
    { stdio: 'ignore' },
  );
  try {
    for (;;) {
      if (captures - describedCaptures() < fewest) return (performance.now() - begun) / 1000;
      await setTimeout(500);
    }
  } finally {
    listener.kill();
  }
}

function describedCaptures() {
  const database = new Libsql(join(store, 'captures.db'), { readonly: true });
  try {
    const last = database.prepare('select max(last) from lookups where level >= 0').raw().get()[0];
    const after = 'select count(*) from captures where status = 200 and place > ?';
    return (
      captures -
      database
        .prepare(after)
        .raw()
        .get([last ?? 0])[0]
    );
  } catch {
    // The listener has not updated the tables yet.
    return 0;
  } finally {
    database.close();
  }
}

/** A table that holds nothing but message numbers and bodies, with an index of the first. */
function fillPlainIndex() {
  const path = join(folder, 'plain.db');
  const database = new Libsql(path);
  database.exec(`create table rows (msgid text, body blob);
    insert into rows with recursive numbers(n) as
      (select 0 union all select n + 1 from numbers where n < ${captures - 1})
      select cast(n as text), zeroblob(100) from numbers;
    create index rows_by_msgid on rows (msgid)`);
  database.close();
  return path;
}
