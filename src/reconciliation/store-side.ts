import type { CaptureQuery } from '../call/capture-query.js';
import { matchesFilter } from '../payload/event-filter.js';
import { keyOf, tellsKey } from '../payload/event-key.js';
import type { IdentifiedEvent } from '../payload/payload.js';
import { keyFields } from '../payload/row-fields.js';
import type { ListedCapture } from '../store/capture-search.js';
import { storableText } from '../store/database.js';
import type { History } from '../store/history.js';
import type { ComparedRow } from './comparison.js';
import { normalRow } from './normal-row.js';
import { readTime, type ZoneReader } from './row-time.js';
import type { Needs, RowSide } from './side.js';

const batchRows = 1000;

/** The events of a store that match the query. */
export function storeSide(
  history: History,
  query: CaptureQuery,
  readPanelZone: ZoneReader,
): RowSide {
  async function* batches({ keys: needsKey }: Needs) {
    let rows: ComparedRow[] = [];
    for (const capture of history.captures(query, 'oldest first')) {
      let number = 0;
      for (const event of keyedEvents(capture, needsKey)) {
        number += 1;
        if (!matchesFilter(event, query.events)) continue;
        rows.push(comparedRow(event, `${capture.id}.${number}`, readPanelZone, needsKey));
      }
      if (rows.length < batchRows) continue;
      yield rows;
      rows = [];
    }
    yield rows;
  }
  return {
    name: 'the store',
    isStore: true,
    fields: new Set(keyFields),
    files: [],
    batches,
    firstRows: () => [],
    close: () => {},
  };
}

/**
 * The events of a capture with what makes each one itself. The index has that of most events; for the
 * others the body is read.
 */
function keyedEvents(capture: ListedCapture, needsKey: boolean): Iterable<IdentifiedEvent> {
  const events = [...capture.everyEvent()];
  if (!events.every(tellsKey)) return capture.everyEvent('keys');
  return needsKey ? events.map((event) => ({ ...event, key: keyOf(event) ?? '' })) : events;
}

function comparedRow(
  event: IdentifiedEvent,
  at: string,
  readPanelZone: ZoneReader,
  needsKey: boolean,
): ComparedRow {
  const { channel, keyTime, key = '', weakKey } = event;
  // Of other events, the fields say as much, and not all captures are read with keys.
  const isKeyed = needsKey || channel === 'custom_activity';
  const row = normalRow({
    key: isKeyed ? key : '',
    panel: storableText(event.panel),
    msgid: storableText(event.msgid ?? ''),
    who: storableText(event.who ?? ''),
    channel: storableText(channel),
    event: storableText(event.activity ?? ''),
    time: typeof keyTime === 'string' ? (readTime(keyTime, readPanelZone) ?? null) : null,
    link: storableText(event.link ?? ''),
    count: 1,
    confirmed: true,
    weak: weakKey === true,
  });
  return { row, at, text: '', values: [], counts: true };
}
