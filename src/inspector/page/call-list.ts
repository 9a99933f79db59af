import type { Outcome } from '../../call/outcome.js';
import type { CapturePage, ListedCall } from '../api.js';

/** Calls without a gap among them, newest first. */
export interface CallList {
  readonly calls: readonly ListedCall[];
  /** The cursor that older ones are asked for with; null: there are none. */
  readonly older: string | null;
}

/** Calls that came and are not listed yet, because the reader reads. */
export interface HeldCalls {
  /** The newest of them, without a gap, newest first. */
  readonly calls: readonly ListedCall[];
  /** How many there are. */
  readonly count: number;
  /** Whether calls lie between these and those that are listed. */
  readonly gap: boolean;
}

export const emptyList: CallList = { calls: [], older: null };
export const nothingHeld: HeldCalls = { calls: [], count: 0, gap: false };

/** Live lists keep this many calls; older ones are fetched again by scrolling back. */
export const maxLiveCalls = 10_000;
/** Where scrolling back ends: whoever wants to see more chooses a time. */
export const maxListedCalls = 50_000;
const maxHeld = 2_000;

/**
 * Puts what came on top. After a gap the list begins anew from there, and what lies in the gap is
 * found by scrolling: a list never leaves out a call in silence.
 */
export function addNewer(list: CallList, held: HeldCalls): CallList {
  if (held.gap) return startAgain(held.calls);
  const fresh = unknownOf(held.calls, list.calls);
  if (fresh.length === 0) return list;
  const calls = [...fresh, ...list.calls];
  if (calls.length <= Math.max(maxLiveCalls, list.calls.length)) return { ...list, calls };
  return startAgain(calls.slice(0, maxLiveCalls));
}

/** Adds what came to what is held; `left` calls between them were not told. */
export function holdMore(held: HeldCalls, came: readonly ListedCall[], left: number): HeldCalls {
  const fresh = unknownOf(came, held.calls);
  const count = held.count + fresh.length + left;
  if (left > 0) return { calls: fresh.slice(0, maxHeld), count, gap: true };
  const calls = newestFirst(fresh, held.calls);
  return {
    calls: calls.slice(0, maxHeld),
    count,
    gap: held.gap || calls.length > maxHeld,
  };
}

/** Puts a page of older calls below. */
export function addOlder(list: CallList, page: Page): CallList {
  return {
    calls: [...list.calls, ...unknownOf(page.calls, list.calls)],
    older: page.next,
  };
}

/** What the newest page tells of calls that came meanwhile. */
export function newerOf(list: CallList, page: Page): HeldCalls {
  const known = new Set(list.calls.map(({ id }) => id));
  const calls = page.calls.filter(({ id }) => !known.has(id));
  const isNew = known.size === 0 && list.older !== null;
  const touches = calls.length < page.calls.length || page.next === null || isNew;
  return { calls, count: calls.length, gap: !touches };
}

export interface Page {
  readonly calls: readonly ListedCall[];
  readonly next: CapturePage['next'];
}

/** Says what became of calls. The same list when none of them is in it. */
export function setOutcomes(
  calls: readonly ListedCall[],
  outcomes: ReadonlyMap<string, Outcome | null>,
): readonly ListedCall[] {
  let changed = false;
  const next = calls.map((call) => {
    const outcome = outcomes.get(call.id);
    if (outcome === undefined || outcome === call.outcome) return call;
    changed = true;
    return { ...call, outcome };
  });
  return changed ? next : calls;
}

function startAgain(calls: readonly ListedCall[]): CallList {
  const oldest = calls.at(-1);
  return { calls, older: oldest ? `~${oldest.id}` : null };
}

/** What is told later came later, but for what is looked up after the connection was away. */
function newestFirst(told: readonly ListedCall[], before: readonly ListedCall[]): ListedCall[] {
  const calls = [...told, ...before];
  const [newest] = before;
  const oldest = told.at(-1);
  if (newest && oldest && compareIds(oldest, newest) > 0) calls.sort(compareIds);
  return calls;
}

/** Ids sort by when calls were recorded. */
function compareIds(a: ListedCall, b: ListedCall): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}

function unknownOf(
  calls: readonly ListedCall[],
  listed: readonly ListedCall[],
): readonly ListedCall[] {
  if (calls.length === 0 || listed.length === 0) return calls;
  const known = new Set(listed.map(({ id }) => id));
  return calls.filter(({ id }) => !known.has(id));
}
