import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { sampleBody } from './sample-body.js';

const binary = fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));

/** Each contact has a capture in this many captures. */
export const contacts = 100_000;

/**
 * Creates a store with this many captures, one a millisecond until now: 2 kB bodies, two events
 * each, of `contacts` contacts (asha0@example.com and so on) and as many messages as captures, nearly
 * all of them delivered. Writes the tables directly, since recording is another
 * benchmark.
 */
export function fillStore(store, captures) {
  // An empty import creates the store.
  execFileSync(process.execPath, [binary, 'history', 'import', '-', '--store', store], {
    input: '',
    stdio: ['pipe', 'inherit', 'ignore'],
  });
  const database = new Libsql(join(store, 'captures.db'));
  database.exec('pragma synchronous = off');
  const body = sampleBody();
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
       || '","netcore_hook_test","x","' || n || '","asha' || (n % ${contacts}) || '@example.com","Autumn sale",null]'
       || ',["apn","delivered","netcore_hook_test","x","' || n || '",null,null,null]]',
       cast(replace(replace(?, 'asha%40', 'asha' || (n % ${contacts}) || '%40'), '%22546%22', '%22' || n || '%22') as blob)
     from numbers`,
  );
  const index = database.prepare(
    `insert into events (channel, activity, capture, position)
     select value ->> 0, coalesce(value ->> 1, ''), place, key
     from captures, json_each(captures.events) where place between ? and ?`,
  );
  database.exec(
    `insert into destinations (id, url, queue) values (1, 'http://127.0.0.1:3000/hook', '')`,
  );
  // Dead, delayed or delivered.
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
