import type { Capture } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import { countInserted } from './capture-counts.js';
import { formatId, placeAt, placesOfPrefix } from './capture-id.js';
import { writeEvents } from './event-columns.js';
import { prepareEventIndex } from './event-index.js';
import type { StoreFiles } from './folder.js';
import { knownContent, preparePartNotes } from './known-content.js';
import { openUpToDate } from './open.js';
import { placeOfId } from './place-of-id.js';
import { storableText } from './storable-text.js';
import { tagAt } from './store-tags.js';
import { transaction } from './transaction.js';
import { listWithoutPayload } from './without-payload.js';

/** Takes captures in that another store recorded, or this one before they were pruned. */
export interface Importer {
  /**
   * Keeps those captures that the store does not have yet, under their own ids and among the others
   * by their time, and returns how many those were. All or none; synced when it returns.
   */
  add(captures: readonly Capture[]): number;
  close(): void;
}

/** Clocks differ; ids of a time to come would push those of new calls there. */
const mostAheadMs = 24 * 60 * 60 * 1000;

/** Whether an id may be imported at this time (milliseconds since 1970). */
export function isImportable(id: string, now: number): boolean {
  const places = placesOfPrefix(id);
  return id.length === 16 && places !== undefined && places.first <= placeAt(now + mostAheadMs);
}

/** Throws a problem when there is no store, or none that can be written. */
export function openImporter(files: StoreFiles): Importer {
  const database = openUpToDate(files);
  database.execute('pragma synchronous = full');
  const taken = database.prepare('select 1 from captures where place = ?');
  const insert = database.prepare(
    `insert into captures (place, time, method, target, remote, status, problem, headers, events, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const tagOf = database.prepare(`select ${tagAt('?1')}`);
  const keepId = database.prepare('insert into imports (capture, id) values (?, ?)');
  const index = prepareEventIndex(database);
  const parts = preparePartNotes(database);
  const list = database.prepare(listWithoutPayload);
  const countIn = database.prepare(countInserted);

  function add(capture: Capture): void {
    const known = knownContent(readCallContent(capture));
    let place = placesOfPrefix(capture.id)?.first ?? 0;
    while (taken.first([place])) place += 1;
    insert.run([
      place,
      capture.time,
      storableText(capture.method),
      storableText(capture.target),
      storableText(capture.remote),
      capture.status,
      known.problem,
      JSON.stringify(capture.headers),
      writeEvents(known.events),
      capture.body,
    ]);
    const tag = String(tagOf.first([place])?.[0]);
    if (formatId(place, tag) !== capture.id) keepId.run([place, capture.id]);
    parts.note(place, known.partly);
    index.fill(place, place);
    countIn.run([place]);
    if (known.problem !== null) list.run([place]);
  }

  return {
    add: (captures) =>
      transaction(database, () => {
        let added = 0;
        for (const capture of captures) {
          if (placeOfId(database, capture.id) !== undefined) continue;
          add(capture);
          added += 1;
        }
        return added;
      }),
    close: () => database.close(),
  };
}
