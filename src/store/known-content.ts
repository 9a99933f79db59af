import type { ContentReading } from '../call/content.js';
import type { EventSummary } from '../payload/payload.js';
import type { Database } from './database.js';
import { storableText } from './storable-text.js';

/** What a store keeps of a reading beside the call itself. */
export interface KnownContent {
  /** Why there is no payload. */
  readonly problem: string | null;
  readonly events: readonly EventSummary[];
  readonly partly: PartOfEvents | undefined;
}

/** `events` are not all there are, or not whole. */
interface PartOfEvents {
  readonly eventCount: number;
  /** As JSON; null: they are too many. */
  readonly kinds: string | null;
}

export function knownContent(reading: ContentReading): KnownContent {
  if (reading.kind === 'problem') {
    return { problem: storableText(reading.message), events: [], partly: undefined };
  }
  const { events, complete, eventCount, kinds } = reading;
  const partly = { eventCount, kinds: kinds ? storableText(JSON.stringify(kinds)) : null };
  return { problem: null, events, partly: complete ? undefined : partly };
}

/** Notes for captures how much of them is indexed. */
export interface PartNotes {
  /** `undefined`: all of it. */
  note(place: number, partly: PartOfEvents | undefined): void;
  /** Nothing of it is indexed, and nobody is to try again. */
  setAside(place: number): void;
}

export function preparePartNotes(database: Database): PartNotes {
  const write = database.prepare(
    'insert or replace into partly_indexed (capture, events, kinds) values (?, ?, ?)',
  );
  const remove = database.prepare('delete from partly_indexed where capture = ?');
  return {
    note(place, partly) {
      if (partly) write.run([place, partly.eventCount, partly.kinds]);
      else remove.run([place]);
    },
    setAside: (place) => write.run([place, null, null]),
  };
}
