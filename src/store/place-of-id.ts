import { formatId, placesOfPrefix } from './capture-id.js';
import type { Database } from './database.js';

/** Where the capture of a whole id stands in a store with this tag; undefined: it has none such. */
export function placeOfId(database: Database, id: string, tag: string): number | undefined {
  const imported = database.prepare('select capture from imports where id = ?').first([id]);
  if (imported) return Number(imported[0]);
  const place = placesOfPrefix(id)?.first;
  if (place === undefined || formatId(place, tag) !== id) return undefined;
  // Another store's capture may have taken the place that this id would have.
  const own = database
    .prepare(
      'select 1 from captures left join imports on capture = place where place = ? and id is null',
    )
    .first([place]);
  return own ? place : undefined;
}
