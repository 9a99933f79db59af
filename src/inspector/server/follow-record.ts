import type { CaptureQuery } from '../../call/capture-query.js';
import type { Outcome } from '../../call/outcome.js';
import { filtersNothing } from '../../payload/event-filter.js';
import type { ListedCapture } from '../../store/capture-search.js';
import type { History } from '../../store/history.js';
import type { ListedCall } from '../api.js';
import type { Follower } from '../source.js';
import { readPosition } from './list-page.js';
import { listedCall } from './listed-call.js';

/** Maximum number of captures in one look, the newest. */
const maxReported = 100;
/** Number of captures whose outcome is followed. */
const maxRemembered = 500;
/** Milliseconds of one look; the next one continues where it ended. */
const searchMs = 200;
/** Milliseconds for finding the captures that a page has already listed. */
const rememberMs = 20;

interface ReportedCapture {
  readonly id: string;
  readonly seq: number;
  /** The outcome that was sent last; undefined when it is unknown. */
  outcome: Outcome | null | undefined;
}

interface Found {
  readonly seq: number;
  readonly call: ListedCall;
}

interface Look {
  /** Newest first. */
  readonly found: readonly Found[];
  /** The number of older ones that were omitted. */
  readonly left: number;
  readonly lookedTo: number;
}

/** Watches new captures, and the outcomes of new and recent ones. */
export function followRecord(
  history: History,
  query: CaptureQuery,
  {
    from,
    now = () => performance.now(),
  }: { readonly from?: string | undefined; readonly now?: () => number } = {},
): Follower {
  const newestSeq = history.newestSeq();
  const asked = from === undefined ? undefined : readPosition(from, 'from') - 1;
  let seq = asked === undefined || asked < 0 || asked > newestSeq ? newestSeq : asked;
  let version: number | undefined;
  let reported = [...newest(history, query, seq, now)];
  // Their outcomes may have changed while nobody followed, so they are sent again.
  if (from !== undefined) for (const each of reported) each.outcome = undefined;

  function news(upTo: number): { captures: ListedCall[]; left: number } {
    const look = meansEvery(query) ? newsOfAll(upTo) : newsOfSome(upTo);
    const found = look.found.map(({ seq, call: { id, outcome } }) => ({ seq, id, outcome }));
    reported = [...found, ...reported];
    reported.length = Math.min(reported.length, maxRemembered);
    seq = look.lookedTo;
    return { captures: look.found.map(({ call }) => call), left: look.left };
  }

  function newsOfAll(upTo: number): Look {
    const found: Found[] = [];
    for (const looked of history.search(query, 'newest first', { after: seq, upTo })) {
      if (looked.found) found.push(foundCall(looked.found));
      if (found.length === maxReported) break;
    }
    // Some may have been removed meanwhile.
    const left = Math.max(0, history.countBetween(seq, upTo) - found.length);
    return { found, left, lookedTo: upTo };
  }

  /** Reads upwards, so that what one look does not reach is left to the next one. */
  function newsOfSome(upTo: number): Look {
    const found: Found[] = [];
    const end = now() + searchMs;
    let left = 0;
    for (const looked of history.search(query, 'oldest first', { after: seq, upTo })) {
      if (looked.found && found.unshift(foundCall(looked.found)) > maxReported) {
        found.pop();
        left += 1;
      }
      if (now() > end) return { found, left, lookedTo: looked.seq };
    }
    return { found, left, lookedTo: upTo };
  }

  function foundCall(capture: ListedCapture): Found {
    return { seq: capture.seq, call: listedCall(capture, query.events) };
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
    get position() {
      return String(seq + 1);
    },
    poll() {
      const found = history.version();
      if (found === version) return undefined;
      version = found;
      const outcomes = changes();
      const upTo = history.newestSeq();
      const { captures, left } = upTo > seq ? news(upTo) : { captures: [], left: 0 };
      if (seq < upTo) version = undefined;
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
  const end = now() + rememberMs;
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
