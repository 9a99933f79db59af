import type { Capture, HeaderPairs } from '../call/call.js';
import { formatId, storeTagLength } from '../call/capture-id.js';
import { DamagedRow } from './damage.js';
import type { SqlRow, SqlValue } from './database.js';
import { tagAt } from './store-tags.js';

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
