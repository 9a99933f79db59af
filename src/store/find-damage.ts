import { nextPlace } from '../call/capture-id.js';
import { wholeColumns } from './capture-row.js';
import { isDamage } from './damage.js';
import type { Database } from './database.js';
import { lastPlaceGiven } from './store-tags.js';
import { rollBack } from './transaction.js';

/** A database up to this size is checked as a whole: that takes less than half a second. */
const maxCheckedBytes = 64 * 1024 * 1024;
/** How many of the newest captures are read in a larger one. */
const readCaptures = 200;

/**
 * What is damaged in a store, in words for the middle of a sentence; undefined: nothing was found.
 * A small database is checked page by page. Of a larger one, the newest captures are read, and a
 * call is written and read back as a listener and its readers will do it; that is undone.
 */
export function findDamage(database: Database): string | undefined {
  try {
    return damagedPage(database) ?? unreadableProbe(database);
  } catch (error) {
    if (isDamage(error)) return error instanceof Error ? error.message : String(error);
    throw error;
  }
}

function damagedPage(database: Database): string | undefined {
  const number = (sql: string) => Number(database.prepare(sql).first([])?.[0]);
  if (number('pragma page_count') * number('pragma page_size') > maxCheckedBytes) return undefined;
  const found = String(database.prepare('pragma quick_check(1)').first([])?.[0]);
  return found === 'ok' ? undefined : found.replace('*** in database main ***', '').trim();
}

/** Needs the tables of this version. */
function unreadableProbe(database: Database): string | undefined {
  const fromCaptures = 'from captures left join imports on imports.capture = captures.place';
  database
    .prepare(`select ${wholeColumns} ${fromCaptures} order by place desc limit ?`)
    .all([readCaptures]);
  database.execute('begin immediate');
  try {
    const place = nextPlace(Number(database.prepare(lastPlaceGiven).first([])?.[0]), 0);
    const body = new Uint8Array(16 * 1024);
    database
      .prepare(
        `insert into captures (place, time, method, target, remote, status, problem, headers, events, body)
         values (?, 0, 'POST', '/', '', 200, null, '[]', '[["email","open"]]', ?)`,
      )
      .run([place, body]);
    for (const channel of ['', '~']) {
      database.prepare('insert into events values (?, ?, ?, 0)').run([channel, channel, place]);
    }
    for (const state of [0, 1, 2, 3]) {
      database
        .prepare(
          'insert or replace into deliveries (capture, destination, state, due, queued, tries) values (?, 0, ?, 0, 0, 0)',
        )
        .run([place, state]);
    }
    database
      .prepare(`insert into attempts (capture, number, time, url, ms) values (?, 1, 0, '', 0)`)
      .run([place]);
    const [read] =
      database.prepare(`select body ${fromCaptures} order by place desc limit 1`).first([]) ?? [];
    const [counted] =
      database
        .prepare('select count(*) from captures where status = 200 and place = ?')
        .first([place]) ?? [];
    const whole = read instanceof Uint8Array && read.length === body.length && counted === 1;
    return whole ? undefined : 'a call that was written cannot be read back';
  } finally {
    rollBack(database);
  }
}
