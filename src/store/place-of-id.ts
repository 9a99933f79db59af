import { formatId, placesOfPrefix } from '../call/capture-id.js';
import type { Database } from './database.js';
import { tagAt } from './store-tags.js';

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
