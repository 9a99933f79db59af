// How long `history` takes with a million captures (2 kB bodies, two events each), as a fresh
// process less Node's own start: the newest 20, those of a channel and activity that are rare and
// that are common, one by its id, and by what became of them: nearly all were forwarded. Medians. Needs some 4 GB of room where temporary files are.
//
//   node bench/history.js [captures] [runs]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { median } from './median.js';
import { sampleBody } from './sample-body.js';

const captures = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 9);
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const store = join(folder, 'store');

try {
  fill();
  const [middle] = JSON.parse(`[${history(['list', '--json', '--limit', '1'])}]`);
  console.log(`node ${process.version}, ${captures} captures, medians of ${runs}`);
  console.log('                               whole  less bare node');
  const questions = [
    ['the newest 20', ['list', '--json']],
    ['sms click, common', ['list', '--json', '-c', 'sms', '-e', 'click']],
    ['email bounce, one in 100,000', ['list', '--json', '-c', 'email', '-e', 'bounce']],
    ['a channel, any activity', ['list', '--json', '-c', 'whatsapp']],
    ['one by id', ['show', middle.id, '--json']],
    ['the oldest by last~n', ['show', `last~${captures - 1}`, '--json']],
    ['by msgid, the oldest', ['list', '--json', '--msgid', '1', '--limit', '1']],
    ['dead, one in 100,000', ['list', '--json', '--outcome', 'dead']],
    ['failed, one in 1,000', ['list', '--json', '--outcome', 'failed']],
    ['delivered, nearly all', ['list', '--json', '--outcome', 'delivered']],
    ['skipped, none', ['list', '--json', '--outcome', 'skipped']],
    ['delivered, email bounce', ['list', '--json', '--outcome', 'delivered', '-e', 'bounce']],
    ['by text, the newest 1', ['list', '--json', '--text', 'asha', '--limit', '1']],
  ];
  for (const [name, words] of questions) {
    // In turns, so that whatever else the machine does weighs on both.
    const whole = [];
    const bare = [];
    for (let run = 0; run < runs; run += 1) {
      bare.push(time(() => execFileSync(process.execPath, ['-e', '0'])));
      whole.push(time(() => history(words)));
    }
    const figures = [median(whole), median(whole) - median(bare)];
    console.log(
      `${name.padEnd(28)} ${figures.map((ms) => `${ms.toFixed(0).padStart(6)} ms`).join('  ')}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function history(words) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [here('../bin/netcore-hook.js'), 'history', ...words, '--store', store],
    { encoding: 'utf8', maxBuffer: 1e9 },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function time(act) {
  const begun = performance.now();
  act();
  return performance.now() - begun;
}

/** Straight into the tables: recording a million calls is another benchmark. */
function fill() {
  // An import of nothing makes the store.
  execFileSync(
    process.execPath,
    [here('../bin/netcore-hook.js'), 'history', 'import', '-', '--store', store],
    { input: '', stdio: ['pipe', 'inherit', 'ignore'] },
  );
  const database = new Libsql(join(store, 'captures.db'));
  database.exec('pragma synchronous = off');
  const body = Buffer.from(sampleBody());
  const headers = JSON.stringify([
    ['Host', 'shop.example.com'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Content-Length', String(body.length)],
  ]);
  const kinds = [
    'email","open',
    'email","click',
    'sms","click',
    'sms","delivered',
    'whatsapp","open',
  ];
  const first = (Date.now() - Date.UTC(2025, 0, 1)) * 1000 - captures * 1000;
  const step = 50_000;
  const insert = database.prepare(
    `with recursive numbers(n) as (select cast(? as integer) union all select n + 1 from numbers where n < ?)
     insert into captures (place, time, method, target, remote, status, problem, headers, events, body)
     select ? + n * 1000, ? + n, 'POST', '/hook', '203.0.113.' || (n % 10), 200, null, ?,
       '[["' || case when n % 100000 = 50000 then 'email","bounce' else json_extract(?, '$[' || (n % 5) || ']') end
       || '","netcore_hook_test","x","' || n || '","asha@example.com","Autumn sale",null]'
       || ',["apn","delivered","netcore_hook_test","x","' || n || '",null,null,null]]', ?
     from numbers`,
  );
  const index = database.prepare(
    `insert into events (channel, activity, capture, position)
     select value ->> 0, coalesce(value ->> 1, ''), place, key
     from captures, json_each(captures.events) where place between ? and ?`,
  );
  database.exec(`insert into destinations values (1, 'http://127.0.0.1:3000/hook', '')`);
  // Dead, to be tried again, or delivered.
  const forward = database.prepare(
    `insert into deliveries (capture, destination, state, due, queued, tries)
     select place, 1, case when place / 1000 % 100000 = 7 then 4 when place / 1000 % 1000 = 9 then 1 else 3 end,
       time, time, 1
     from captures where place between ? and ?`,
  );
  const attempt = database.prepare(
    `insert into attempts (capture, number, time, url, status, ms, answer)
     select place, 1, time, 'http://127.0.0.1:3000/hook', 200, 1.5, 'OK'
     from captures where place between ? and ?`,
  );
  for (let from = 0; from < captures; from += step) {
    const last = Math.min(from + step, captures) - 1;
    database.exec('begin');
    insert.run([from, last, first, Date.now() - captures, headers, JSON.stringify(kinds), body]);
    const places = [first + from * 1000, first + last * 1000];
    for (const statement of [index, forward, attempt]) statement.run(places);
    database.exec('commit');
  }
  database.close();
}
