import { timeAt } from '../../call/capture-id.js';
import type { CaptureQuery } from '../../call/capture-query.js';
import { problem } from '../../problems/problem.js';
import type { History } from '../../store/history.js';
import type { CapturePage, ListedCall } from '../api.js';
import { listedCall } from './listed-call.js';

/** Milliseconds that one answer may search. */
const searchTime = 150;

/**
 * The next captures that a query means, newest first. A search that takes long answers with what it
 * has, perhaps nothing, and where to go on: a page that scrolls or waits asks again.
 */
export function listPage(
  history: History,
  query: CaptureQuery,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | undefined },
  now: () => number = () => performance.now(),
): CapturePage {
  const from = cursor === undefined ? undefined : readCursor(history, cursor);
  // The oldest captures are removed first: below one that is gone there is none.
  if (cursor !== undefined && from === undefined) {
    return { captures: [], next: null, lookedTo: null };
  }
  const upTo = from === undefined ? history.newestSeq() : from - 1;
  const end = now() + searchTime;
  const captures: ListedCall[] = [];
  let looked: number | undefined;
  let more = false;
  for (const { seq, found } of history.search(query, 'newest first', { upTo })) {
    // However long one takes to be read: who asks again gets on.
    if (captures.length === limit || (looked !== undefined && now() > end)) {
      more = true;
      break;
    }
    looked = seq;
    if (found) captures.push(listedCall(found, query.events));
  }
  return {
    captures,
    next: more && looked !== undefined ? String(looked) : null,
    lookedTo: looked === undefined ? null : new Date(timeAt(looked)).toISOString(),
  };
}

/** A position, as it was given, or that of the capture whose id stands behind a tilde. */
function readCursor(history: History, cursor: string): number | undefined {
  if (/^~[0-9a-z]{16}$/.test(cursor)) return history.seqOf(cursor.slice(1));
  const seq = /^\d{1,16}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isSafeInteger(seq)) return seq;
  throw problem('inspector_unreadable', { reason: 'cursor is invalid' });
}
