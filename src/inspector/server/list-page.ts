import { timeAt } from '../../call/capture-id.js';
import type { CaptureQuery } from '../../call/capture-query.js';
import { problem } from '../../problems/problem.js';
import type { History } from '../../store/history.js';
import type { CapturePage, ListedCall } from '../api.js';
import { listedCall } from './listed-call.js';

const searchMs = 150;

/**
 * The next captures that match a query, newest first. A long search returns what it has, possibly
 * nothing, with a cursor for the next request.
 */
export function listPage(
  history: History,
  query: CaptureQuery,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | undefined },
  now: () => number = () => performance.now(),
): CapturePage {
  const from = cursor === undefined ? undefined : readCursor(history, cursor);
  // The oldest captures are removed first, so nothing is left below a removed one.
  if (cursor !== undefined && from === undefined) {
    return { captures: [], next: null, lookedTo: null };
  }
  const upTo = from === undefined ? history.newestSeq() : from - 1;
  const end = now() + searchMs;
  const captures: ListedCall[] = [];
  let searchedTo: number | undefined;
  let more = false;
  for (const { seq, found } of history.search(query, 'newest first', { upTo })) {
    // Makes progress even when one capture takes longer than the limit.
    if (captures.length === limit || (searchedTo !== undefined && now() > end)) {
      more = true;
      break;
    }
    searchedTo = seq;
    if (found) captures.push(listedCall(found, query.events));
  }
  return {
    captures,
    next: more && searchedTo !== undefined ? String(searchedTo) : null,
    lookedTo: searchedTo === undefined ? null : new Date(timeAt(searchedTo)).toISOString(),
  };
}

/** A cursor is a sequence number, or a tilde with the id of a capture. */
function readCursor(history: History, cursor: string): number | undefined {
  if (/^~[0-9a-z]{16}$/.test(cursor)) return history.seqOf(cursor.slice(1));
  return readPosition(cursor, 'cursor');
}

/** Reads a position in the record: a sequence number. */
export function readPosition(text: string, name: string): number {
  const seq = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seq)) return seq;
  throw problem('inspector_unreadable', { reason: `${name} is invalid` });
}
