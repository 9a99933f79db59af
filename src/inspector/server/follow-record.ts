import type { CaptureQuery } from '../../call/capture-query.js';
import type { Outcome } from '../../call/outcome.js';
import { filtersNothing } from '../../payload/event-filter.js';
import type { ListedCapture } from '../../store/capture-search.js';
import type { History } from '../../store/history.js';
import type { ListedCall } from '../api.js';
import type { Follower } from '../source.js';
import { listedCall } from './listed-call.js';

/** So many captures are told at a look, the newest. */
const maxTold = 100;
/** What becomes of so many is told, those that were told last. */
const maxRemembered = 500;
/** Milliseconds that a look may search, and count what is not told; older ones are passed over. */
const searchTime = 200;
const countTime = 20;

interface Told {
  readonly id: string;
  readonly seq: number;
  outcome: Outcome | null;
}

/** Watches what is recorded from now on, and what becomes of it and of what was recorded last. */
export function followRecord(
  history: History,
  query: CaptureQuery,
  now: () => number = () => performance.now(),
): Follower {
  let seq = history.newestSeq();
  let version: number | undefined;
  let told = [...newest(history, query, seq, now)];

  function news(upTo: number): { captures: ListedCall[]; left: number } {
    const span = { after: seq, upTo };
    const captures: ListedCall[] = [];
    const found: Told[] = [];
    let left = 0;
    const every = meansEvery(query);
    let end = now() + searchTime;
    for (const { found: capture } of history.search(query, 'newest first', span)) {
      if (capture && captures.length < maxTold) {
        captures.push(listedCall(capture, query.events));
        found.push(toldOf(capture));
      } else if (every) break;
      else if (capture) {
        if (left === 0) end = Math.min(end, now() + countTime);
        left += 1;
      }
      if (now() > end) break;
    }
    // Some may have been removed meanwhile.
    if (every) left = Math.max(0, history.countBetween(span.after, upTo) - captures.length);
    told = [...found, ...told];
    told.length = Math.min(told.length, maxRemembered);
    seq = upTo;
    return { captures, left };
  }

  function changes(): { id: string; outcome: Outcome | null }[] {
    if (told.length === 0) return [];
    const outcomes = history.outcomes(told.map((each) => each.seq));
    return told.flatMap((each, at) => {
      const outcome = outcomes[at] ?? null;
      if (outcome === each.outcome) return [];
      each.outcome = outcome;
      return [{ id: each.id, outcome }];
    });
  }

  return {
    look() {
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

/** What a page has listed before it follows, as far as that is found quickly. */
function* newest(
  history: History,
  query: CaptureQuery,
  upTo: number,
  now: () => number,
): Generator<Told> {
  const end = now() + countTime;
  let count = 0;
  for (const { found } of history.search(query, 'newest first', { upTo })) {
    if (found) {
      yield toldOf(found);
      count += 1;
    }
    if (count === maxRemembered || now() > end) return;
  }
}

function toldOf({ id, seq, outcome }: ListedCapture): Told {
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
