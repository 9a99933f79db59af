import type { HeaderPairs } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import type { Database } from './database.js';
import { writeEvents } from './event-columns.js';
import { indexEvents } from './event-index.js';
import { storableText } from './storable-text.js';
import { transaction } from './transaction.js';

/**
 * Reads the events of the oldest capture whose body was left for later into the index. False: there
 * was none.
 */
export function readOneUnread(database: Database): boolean {
  const row = database
    .prepare(
      'select place, headers, body from captures where events is null order by place limit 1',
    )
    .first([]);
  if (!row) return false;
  const [place, headers, body] = row;
  const reading = readCallContent({
    headers: JSON.parse(String(headers)) as HeaderPairs,
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  });
  const events = writeEvents(reading.kind === 'payload' ? reading.events : []);
  const found = reading.kind === 'problem' ? storableText(reading.message) : null;
  transaction(database, () => {
    // Another process may have been quicker.
    const unread = database
      .prepare('select 1 from captures where place = ? and events is null')
      .first([place ?? 0]);
    if (!unread) return;
    database
      .prepare('update captures set events = ?, problem = ? where place = ?')
      .run([events, found, place ?? 0]);
    database.prepare(indexEvents).run([place ?? 0, place ?? 0]);
  });
  return true;
}
