import type { Capture, HeaderPairs } from '../call/call.js';
import { formatId } from './capture-id.js';
import type { SqlRow, SqlValue } from './database.js';

/** A whole capture in the order that `readCaptureRow` takes it, of captures joined with imports. */
export const wholeColumns =
  'place, imports.id, time, method, target, remote, status, headers, body';

/** The capture of a row that begins with `wholeColumns`; `tag` is the store's own. */
export function readCaptureRow(row: SqlRow, tag: string): Capture {
  const [place, imported, time, method, target, remote, status, headers, body] = row;
  return {
    id: idAt(place, imported, tag),
    time: Number(time),
    method: String(method),
    target: String(target),
    remote: String(remote),
    status: Number(status),
    headers: JSON.parse(String(headers)) as HeaderPairs,
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  };
}

/** The id that a capture was imported under, or the one that its place makes in this store. */
export function idAt(
  place: SqlValue | undefined,
  imported: SqlValue | undefined,
  tag: string,
): string {
  return typeof imported === 'string' ? imported : formatId(Number(place), tag);
}
