import type { Outcome } from '../../call/outcome.js';
import type { CapturePage, ListedCall } from '../api.js';

/** Calls without gaps, newest first. */
export interface CallList {
  readonly calls: readonly ListedCall[];
  /** The cursor for older calls; null at the end. */
  readonly older: string | null;
}

/** New calls that are not listed yet, while the reader reads. */
export interface HeldCalls {
  /** The newest of them without gaps, newest first. */
  readonly calls: readonly ListedCall[];
  readonly count: number;
  /** Whether calls are missing between these and the listed ones. */
  readonly gap: boolean;
}

export const emptyList: CallList = { calls: [], older: null };
export const nothingHeld: HeldCalls = { calls: [], count: 0, gap: false };

/** Limits a live list; scrolling back fetches older calls again. */
export const maxLiveCalls = 10_000;
/** The end of scrolling back; a time filter shows older calls. */
export const maxListedCalls = 50_000;
const maxHeld = 2_000;

/**
 * Adds new calls at the top. After a gap the list restarts from there, so that it never silently
 * omits a call; scrolling finds the rest.
 */
export function addNewer(list: CallList, held: HeldCalls): CallList {
  if (held.gap) return startAgain(held.calls);
  const fresh = unknownOf(held.calls, list.calls);
  if (fresh.length === 0) return list;
  const calls = [...fresh, ...list.calls];
  if (calls.length <= Math.max(maxLiveCalls, list.calls.length)) return { ...list, calls };
  return startAgain(calls.slice(0, maxLiveCalls));
}

/** Adds new calls to the held ones; `left` calls between them were omitted. */
export function holdMore(held: HeldCalls, came: readonly ListedCall[], left: number): HeldCalls {
  const fresh = unknownOf(came, held.calls);
  const count = held.count + fresh.length + left;
  if (left > 0) return { calls: fresh.slice(0, maxHeld), count, gap: true };
  const calls = [...fresh, ...held.calls];
  return {
    calls: calls.slice(0, maxHeld),
    count,
    gap: held.gap || calls.length > maxHeld,
  };
}

export function addOlder(list: CallList, page: Page): CallList {
  return {
    calls: [...list.calls, ...unknownOf(page.calls, list.calls)],
    older: page.next,
  };
}

export interface Page {
  readonly calls: readonly ListedCall[];
  readonly next: CapturePage['next'];
}

/** Sets outcomes. Returns the same list when it has none of the calls. */
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

function unknownOf(
  calls: readonly ListedCall[],
  listed: readonly ListedCall[],
): readonly ListedCall[] {
  if (calls.length === 0 || listed.length === 0) return calls;
  const known = new Set(listed.map(({ id }) => id));
  return calls.filter(({ id }) => !known.has(id));
}
