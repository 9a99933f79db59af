import { existsSync } from 'node:fs';
import type { Capture, HeaderPairs } from '../call/call.js';
import type { EventSummary } from '../payload/payload.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { formatId, placeLength, placesOfPrefix, shortId, unambiguous } from './capture-id.js';
import { openDatabase, type SqlRow, type SqlValue } from './database.js';
import { readEvents } from './event-columns.js';
import type { StoreFiles } from './folder.js';
import { checkSchema, storeTag } from './schema.js';

/** The reading side of a store, also while listeners write to it. It changes nothing. */
export interface History {
  /** The newest captures first. */
  newest(limit: number): ListedCapture[];
  /**
   * The one capture that a reference names: `last`, `last~2` (two before it), an id or a unique
   * beginning of one. Throws `no_such_capture` or `ambiguous_id`.
   */
  find(reference: string): Capture;
  close(): void;
}

/** A capture without its body, and what is known of its events. */
export interface ListedCapture extends Omit<Capture, 'headers' | 'body'> {
  readonly bytes: number;
  readonly content:
    | {
        readonly kind: 'read';
        readonly events: readonly EventSummary[];
        readonly problem: string | null;
      }
    /** Too large or coded when it came: its events are to be read out of the body. */
    | { readonly kind: 'unread' };
}

/** Throws a problem when there is no store, or none that can be read. */
export function openHistory(files: StoreFiles): History {
  if (!existsSync(files.database)) throw problem('store_missing', { path: files.folder });
  const database = openReadOnly(files);
  const tag = storeTag(database);
  const columns = 'place, time, method, target, remote, status, problem, events, length(body)';

  const listed = (row: SqlRow): ListedCapture => {
    const [place, time, method, target, remote, status, found, events, bytes] = row;
    return {
      id: formatId(Number(place), tag),
      time: Number(time),
      method: String(method),
      target: String(target),
      remote: String(remote),
      status: Number(status),
      bytes: Number(bytes),
      content:
        typeof events === 'string'
          ? { kind: 'read', events: readEvents(events), problem: textOrNull(found) }
          : { kind: 'unread' },
    };
  };

  const whole = (row: SqlRow): Capture => {
    const [place, time, method, target, remote, status, headers, body] = row;
    return {
      id: formatId(Number(place), tag),
      time: Number(time),
      method: String(method),
      target: String(target),
      remote: String(remote),
      status: Number(status),
      headers: JSON.parse(String(headers)) as HeaderPairs,
      body: body instanceof Uint8Array ? body : new Uint8Array(),
    };
  };
  const wholeColumns = 'place, time, method, target, remote, status, headers, body';

  return {
    newest: (limit) =>
      database
        .prepare(`select ${columns} from captures order by place desc limit ?`)
        .all([limit])
        .map(listed),
    find(reference) {
      const back = /^last(?:~(\d{1,9}))?$/i.exec(reference.trim());
      if (back) {
        const row = database
          .prepare(`select ${wholeColumns} from captures order by place desc limit 1 offset ?`)
          .first([Number(back[1] ?? 0)]);
        if (!row) throw problem('no_such_capture', { reference });
        return whole(row);
      }
      const places = placesOfPrefix(reference);
      const typedTag = unambiguous(reference).slice(placeLength);
      if (!places || !tag.startsWith(typedTag)) throw problem('no_such_capture', { reference });
      const rows = database
        .prepare(
          `select ${wholeColumns} from captures where place between ? and ? order by place limit 4`,
        )
        .all([places.first, places.last]);
      const [only] = rows;
      if (!only) throw problem('no_such_capture', { reference });
      if (rows.length > 1) {
        throw problem('ambiguous_id', {
          reference,
          ids: rows.map((row) => shortId(whole(row).id)),
        });
      }
      return whole(only);
    },
    close: () => database.close(),
  };
}

function openReadOnly(files: StoreFiles) {
  try {
    const database = openDatabase(files.database);
    database.execute('pragma query_only = 1');
    // A listener that is just making the store has not got to its tables yet.
    if (checkSchema(database, files.database) === 0) {
      throw problem('store_missing', { path: files.folder });
    }
    return database;
  } catch (error) {
    if (error instanceof Error && error.name === 'Problem') throw error;
    throw problem('store_not_opened', { path: files.folder, reason: plainReason(error) }, error);
  }
}

function textOrNull(value: SqlValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
