import type { Capture, HeaderPairs } from '../call/call.js';
import {
  formatId,
  makeStoreTag,
  nextPlace,
  placesOfPrefix,
  storeTagLength,
} from '../call/capture-id.js';
import { DamagedRow, type Database, type SqlRow, type SqlValue, transaction } from './database.js';

/**
 * SQL for what `idAt` makes the id of a capture of, of captures joined with imports; `place` is an SQL
 * expression.
 */
export function idColumn(place: string): string {
  return `coalesce(imports.id, ${tagAt(place)})`;
}

/** A whole capture in the order that `readCaptureRow` takes it, of captures joined with imports. */
export const wholeColumns = `captures.place, ${idColumn('captures.place')}, time, method, target, remote, status, headers, body`;

/** The capture of a row that begins with `wholeColumns`. Throws `DamagedRow`. */
export function readCaptureRow(row: SqlRow): Capture {
  const [place, named, time, method, target, remote, status, headers, body] = row;
  return {
    id: idAt(place, named),
    time: readTime(time),
    method: String(method),
    target: String(target),
    remote: String(remote),
    status: Number(status),
    headers: readJson(headers, 'headers') as HeaderPairs,
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  };
}

/**
 * The id of the capture at a place; `named` is its `idColumn`: the id that it was imported under, or
 * the tag that makes an id of its place.
 */
export function idAt(place: SqlValue | undefined, named: SqlValue | undefined): string {
  const text = String(named);
  return text.length === storeTagLength ? formatId(Number(place), text) : text;
}

/** A time that a date can have: milliseconds since 1970. */
export function readTime(value: SqlValue | undefined): number {
  const time = Number(value);
  if (Number.isNaN(new Date(time).getTime())) throw new DamagedRow('the time of a capture is none');
  return time;
}

export function readJson(value: SqlValue | undefined, what: string): unknown {
  try {
    return JSON.parse(String(value));
  } catch (error) {
    throw new DamagedRow(`the ${what} of a capture are not JSON`, { cause: error });
  }
}

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

/** Where the capture of a whole id stands in a store; undefined: it has none such. */
export function placeOfId(database: Database, id: string): number | undefined {
  return preparePlaceOfId(database)(id);
}

/** The same for many ids. */
export function preparePlaceOfId(database: Database): (id: string) => number | undefined {
  const imported = database.prepare('select capture from imports where id = ?');
  // Another store's capture may have taken the place that an id would have.
  const own = database.prepare(
    `select ${tagAt('place')} from captures left join imports on capture = place
     where place = ? and id is null`,
  );
  return (id) => {
    const row = imported.first([id]);
    if (row) return Number(row[0]);
    const place = placesOfPrefix(id)?.first;
    const tag = place === undefined ? undefined : own.first([place])?.[0];
    return place !== undefined && formatId(place, String(tag)) === id ? place : undefined;
  };
}
