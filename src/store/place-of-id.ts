import { formatId, placesOfPrefix } from './capture-id.js';
import type { Database } from './database.js';

/** Where the capture of a whole id stands in a store with this tag; undefined: it has none such. */
export function placeOfId(database: Database, id: string, tag: string): number | undefined {
  return preparePlaceOfId(database, tag)(id);
}

/** The same for many ids. */
export function preparePlaceOfId(
  database: Database,
  tag: string,
): (id: string) => number | undefined {
  const imported = database.prepare('select capture from imports where id = ?');
  // Another store's capture may have taken the place that an id would have.
  const own = database.prepare(
    'select 1 from captures left join imports on capture = place where place = ? and id is null',
  );
  return (id) => {
    const row = imported.first([id]);
    if (row) return Number(row[0]);
    const place = placesOfPrefix(id)?.first;
    if (place === undefined || formatId(place, tag) !== id) return undefined;
    return own.first([place]) ? place : undefined;
  };
}
