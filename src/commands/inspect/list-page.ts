import type { CapturePage, ListedCall } from '../../inspector/api.js';
import { problem } from '../../problems/problem.js';
import { timeAt } from '../../store/capture-id.js';
import type { CaptureQuery } from '../../store/capture-query.js';
import type { History, Position } from '../../store/history.js';
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
  const upTo = cursor === undefined ? history.position() : readCursor(cursor) - 1;
  const end = now() + searchTime;
  const captures: ListedCall[] = [];
  let looked: Position | undefined;
  let more = false;
  for (const { position, found } of history.search(query, 'newest first', { upTo })) {
    if (captures.length === limit || now() > end) {
      more = true;
      break;
    }
    looked = position;
    if (found) captures.push(listedCall(found, query.events));
  }
  return {
    captures,
    next: more && looked !== undefined ? String(looked) : null,
    lookedTo: looked === undefined ? null : new Date(timeAt(looked)).toISOString(),
  };
}

function readCursor(cursor: string): Position {
  const position = /^\d{1,16}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw problem('inspector_unreadable', { reason: 'cursor is not one that it gave' });
}
