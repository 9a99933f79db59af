import type { CaptureQuery } from '../../call/capture-query.js';
import type { Outcome } from '../../call/outcome.js';
import { filtersNothing } from '../../payload/event-filter.js';
import type { ListedCapture } from '../../store/capture-search.js';
import type { History } from '../../store/history.js';
import type { ListedCall } from '../api.js';
import type { Follower } from '../source.js';
import { listedCall } from './listed-call.js';

/** Maximum number of captures in one look, the newest. */
const maxReported = 100;
/** Number of captures whose outcome is followed. */
const maxRemembered = 500;
/**
 * Milliseconds of one look for searching, and for counting omitted captures; older ones are
 * skipped.
 */
const searchMs = 200;
const countMs = 20;

interface ReportedCapture {
  readonly id: string;
  readonly seq: number;
  outcome: Outcome | null;
}

/** Watches new captures, and the outcomes of new and recent ones. */
export function followRecord(
  history: History,
  query: CaptureQuery,
  now: () => number = () => performance.now(),
): Follower {
  let seq = history.newestSeq();
  let version: number | undefined;
  let reported = [...newest(history, query, seq, now)];

  function news(upTo: number): { captures: ListedCall[]; left: number } {
    const span = { after: seq, upTo };
    const captures: ListedCall[] = [];
    const found: ReportedCapture[] = [];
    let left = 0;
    const every = meansEvery(query);
    let end = now() + searchMs;
    for (const { found: capture } of history.search(query, 'newest first', span)) {
      if (capture && captures.length < maxReported) {
        captures.push(listedCall(capture, query.events));
        found.push(reportedCapture(capture));
      } else if (every) break;
      else if (capture) {
        if (left === 0) end = Math.min(end, now() + countMs);
        left += 1;
      }
      if (now() > end) break;
    }
    // Some may have been removed meanwhile.
    if (every) left = Math.max(0, history.countBetween(span.after, upTo) - captures.length);
    reported = [...found, ...reported];
    reported.length = Math.min(reported.length, maxRemembered);
    seq = upTo;
    return { captures, left };
  }

  function changes(): { id: string; outcome: Outcome | null }[] {
    if (reported.length === 0) return [];
    const outcomes = history.outcomes(reported.map((each) => each.seq));
    return reported.flatMap((each, at) => {
      const outcome = outcomes[at] ?? null;
      if (outcome === each.outcome) return [];
      each.outcome = outcome;
      return [{ id: each.id, outcome }];
    });
  }

  return {
    poll() {
      const found = history.version();
      if (found === version) return undefined;
      version = found;
      const outcomes = changes();
      const upTo = history.newestSeq();
      const { captures, left } = upTo > seq ? news(upTo) : { captures: [], left: 0 };
      if (captures.length + left + outcomes.length === 0) return undefined;
      return { captures, left, outcomes };
    },
  };
}

/** The captures that a page has already listed, as far as they are found quickly. */
function* newest(
  history: History,
  query: CaptureQuery,
  upTo: number,
  now: () => number,
): Generator<ReportedCapture> {
  const end = now() + countMs;
  let count = 0;
  for (const { found } of history.search(query, 'newest first', { upTo })) {
    if (found) {
      yield reportedCapture(found);
      count += 1;
    }
    if (count === maxRemembered || now() > end) return;
  }
}

function reportedCapture({ id, seq, outcome }: ListedCapture): ReportedCapture {
  return { id, seq, outcome };
}

function meansEvery({ events, text, statuses, outcomes, since, until }: CaptureQuery): boolean {
  return (
    filtersNothing(events) &&
    statuses.length + outcomes.length === 0 &&
    text === undefined &&
    since === undefined &&
    until === undefined
  );
}
