import type { HeaderPairs } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import type { EventSummary } from '../payload/payload.js';
import type { Database } from './database.js';
import { writeEvents } from './event-columns.js';
import { prepareEventIndex } from './event-index.js';
import { knownContent, preparePartNotes } from './known-content.js';
import { transaction } from './transaction.js';
import { listWithoutPayload } from './without-payload.js';

/** Indexed in one transaction, so that no call waits long to be recorded. */
const stepEvents = 5000;

/**
 * Reads and indexes the body of the oldest capture behind a place whose body was left for later, and
 * returns the place of that capture; undefined: there is none.
 *
 * The capture is set aside before it is read. When reading it fails or ends the thread, it stays so:
 * it is not tried again, and whoever looks at it reads its body.
 */
export function readNextUnread(database: Database, behind: number): number | undefined {
  const place = database
    .prepare(
      `select place from captures where events is null and place > ?
         and not exists (select 1 from late_content where capture = place)
         and not exists (select 1 from partly_indexed where capture = place)
       order by place limit 1`,
    )
    .first([behind])?.[0];
  if (typeof place !== 'number') return undefined;
  const parts = preparePartNotes(database);
  parts.setAside(place);
  const row = database.prepare('select headers, body from captures where place = ?').first([place]);
  if (!row) return place;
  const headers = JSON.parse(String(row[0])) as HeaderPairs;
  const body = row[1] instanceof Uint8Array ? row[1] : new Uint8Array();
  const known = knownContent(readCallContent({ headers, body }));
  if (!addToIndex(database, place, known.events)) return place;
  const keep = database.prepare(
    'insert or replace into late_content (capture, problem, events) values (?, ?, ?)',
  );
  ifThere(database, place, () => {
    keep.run([place, known.problem, writeEvents(known.events)]);
    parts.note(place, known.partly);
    if (known.problem !== null) database.prepare(listWithoutPayload).run([place]);
  });
  return place;
}

/** False: they cannot be indexed, or the capture was removed meanwhile. */
function addToIndex(database: Database, place: number, events: readonly EventSummary[]): boolean {
  const index = prepareEventIndex(database);
  for (let position = 0; position < events.length; position += stepEvents) {
    const some = writeEvents(events.slice(position, position + stepEvents));
    if (!ifThere(database, place, () => index.add(place, position, some))) {
      forgetSome(database, place, events.slice(0, position));
      return false;
    }
  }
  return true;
}

function forgetSome(database: Database, place: number, events: readonly EventSummary[]): void {
  const remove = database.prepare(
    'delete from events where channel = ? and activity = ? and capture = ? and position = ?',
  );
  transaction(database, () => {
    events.forEach(({ channel, activity }, position) => {
      remove.run([channel, activity ?? '', place, position]);
    });
  });
}

/** Acts in a transaction if the capture is still there. False: it is not, or `act` returned false. */
function ifThere(database: Database, place: number, act: () => unknown): boolean {
  return transaction(database, () => {
    const found = database.prepare('select 1 from captures where place = ?').first([place]);
    return found !== undefined && act() !== false;
  });
}
