import { makeStoreTag, nextPlace } from '../call/capture-id.js';
import type { Database } from './database.js';
import { transaction } from './transaction.js';

/** Where the file of a store lies: on which machine since its last start, and which file it is there. */
export interface StoreOrigin {
  /** A new one with each start of the machine; empty: the platform has none. */
  readonly bootId: string;
  /** Device and inode. */
  readonly file: string;
}

/** SQL for the tag that a capture at `place`, an SQL expression, got from this store. */
export function tagAt(place: string): string {
  return `(select tag from tags where first <= ${place} order by first desc limit 1)`;
}

/**
 * Gives the store a new tag for the captures to come when its file was copied or moved, so that a
 * copy and its original never make the same id. `random` has at least six bytes.
 */
export function renewTag(
  database: Database,
  { bootId, file }: StoreOrigin,
  random: Uint8Array,
  now: number,
): void {
  const origin = `${bootId} ${file}`;
  const newestOrigin = database.prepare('select origin from tags order by first desc limit 1');
  if (newestOrigin.first([])?.[0] === origin) return;
  transaction(database, () => {
    const known = newestOrigin.first([])?.[0];
    if (known === origin) return;
    const last = Number(database.prepare(lastPlaceGiven).first([])?.[0]);
    // A store that no call was recorded in yet has just been made, here.
    if (known === '' && last === 0) database.prepare('update tags set origin = ?').run([origin]);
    else {
      database
        .prepare('insert into tags (first, tag, origin) values (?, ?, ?)')
        .run([nextPlace(last, now), makeStoreTag(random), origin]);
    }
  });
}

/**
 * SQL for the last place that captures were given. Those that had the last ones may be gone, and a
 * clock that was set back must not give a new capture a place that has an older tag. 0: there is none.
 */
export const lastPlaceGiven = `select max(
    coalesce((select max(place) from captures), 0),
    (select max(first) from tags))`;
