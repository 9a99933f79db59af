import { wholeId } from '../../call/capture-id.js';
import type { CaptureQuery } from '../../call/capture-query.js';
import type { DeliveryState, QueueChoice, QueueEntry } from '../../call/delivery.js';
import type { Outcome } from '../../call/outcome.js';
import type { QueueAdmin } from '../../call/queue-admin.js';
import { Problem, problem } from '../../problems/problem.js';
import type { History } from '../../store/history.js';
import type { MeantCalls } from './meant-calls.js';

/** How many captures a admin is asked about at a time. */
const idsAtOnce = 500;

/**
 * The calls that are meant, as a admin takes them, the newest first. `history` finds what filters and
 * references mean; undefined: there is none here, and only whole ids can be told. Throws
 * `no_such_capture`, `ambiguous_id` or `id_not_whole`.
 */
export function* choicesOf(
  { references, states, target, query }: MeantCalls,
  history: History | undefined,
): Generator<QueueChoice> {
  if (!query || !history) {
    yield { ids: findIds(references, history), states, target };
    return;
  }
  // What is recorded from now on is not meant.
  const span = { upTo: history.newestSeq() };
  let ids: string[] = [];
  for (const { id } of history.captures(narrowed(query, states), 'newest first', span)) {
    ids.push(id);
    if (ids.length < idsAtOnce) continue;
    yield { ids, states, target };
    ids = [];
  }
  if (ids.length > 0) yield { ids, states, target };
}

/** Looks for captures that came to what the states mean, of which there may be few among millions. */
function narrowed(query: CaptureQuery, states: readonly DeliveryState[]): CaptureQuery {
  if (query.outcomes.length > 0 || states.length === 0) return query;
  const outcomes = new Set<Outcome>();
  for (const state of states) {
    const meant = outcomesOf[state];
    if (!meant) return query;
    for (const outcome of meant) outcomes.add(outcome);
  }
  return { ...query, outcomes: [...outcomes] };
}

/** The outcomes that calls in a state may have; undefined: any. */
const outcomesOf: Readonly<Record<DeliveryState, readonly Outcome[] | undefined>> = {
  waiting: ['waiting', 'failed'],
  delayed: ['waiting', 'failed'],
  active: ['waiting', 'failed'],
  delivered: ['delivered'],
  dead: ['dead'],
  skipped: ['skipped'],
  'handed over': undefined,
};

function findIds(references: readonly string[], history: History | undefined): string[] {
  const found = references.map((reference) => {
    const whole = wholeId(reference);
    if (history === undefined) {
      if (whole === undefined) throw problem('id_not_whole', { reference });
      return whole;
    }
    try {
      return history.find(reference).id;
    } catch (error) {
      // A queue of many machines has captures of other stores; that it has this one is looked at.
      const elsewhere = error instanceof Problem && error.code === 'no_such_capture';
      if (elsewhere && whole !== undefined) return whole;
      throw error;
    }
  });
  return [...new Set(found)];
}

/**
 * The calls of captures that were named. Throws `no_such_capture` and the like, and `not_queued`
 * when one of them is not in the queue.
 */
export async function namedCalls(
  calls: MeantCalls,
  history: History | undefined,
  admin: QueueAdmin,
): Promise<QueueEntry[]> {
  const ids = findIds(calls.references, history);
  const entries: QueueEntry[] = [];
  for await (const entry of admin.list({ ids, states: [], target: undefined })) entries.push(entry);
  const missing = ids.filter((id) => !entries.some((entry) => entry.id === id));
  if (missing.length > 0) throw problem('not_queued', { ids: missing });
  return entries;
}

/** How many calls are meant that are not with a worker. */
export async function countMeant(
  calls: MeantCalls,
  history: History | undefined,
  admin: QueueAdmin,
): Promise<number> {
  let count = 0;
  for (const choice of choicesOf(calls, history)) {
    if (choice.ids.length > 0) {
      for await (const { state } of admin.list(choice)) count += state === 'active' ? 0 : 1;
    } else if (!calls.query) count += await countByState(choice, admin);
  }
  return count;
}

/** Without looking at each of them: there may be a million. */
async function countByState({ states, target }: QueueChoice, admin: QueueAdmin): Promise<number> {
  let count = 0;
  for (const counts of await admin.targets()) {
    if (target !== undefined && counts.target !== target) continue;
    for (const [state, calls] of Object.entries(counts.states)) {
      const meant = states.length === 0 || states.some((each) => each === state);
      if (meant && state !== 'active') count += calls;
    }
  }
  return count;
}
