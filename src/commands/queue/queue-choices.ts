import { wholeId } from '../../call/capture-id.js';
import type { CaptureQuery } from '../../call/capture-query.js';
import type { DeliveryState, QueueChoice, QueueEntry } from '../../call/delivery.js';
import type { Outcome } from '../../call/outcome.js';
import type { QueueAdmin } from '../../call/queue-admin.js';
import { Problem, problem } from '../../problems/problem.js';
import type { History } from '../../store/history.js';
import type { CallSelection } from './call-selection.js';

const idBatchSize = 500;

/**
 * The selected calls as queries for an admin, newest first. `history` resolves filters and id
 * prefixes; undefined accepts only complete ids. Throws `no_such_capture`, `ambiguous_id` or
 * `id_not_whole`.
 */
export function* choicesOf(
  { references, states, target, query }: CallSelection,
  history: History | undefined,
): Generator<QueueChoice> {
  if (!query || !history) {
    yield { ids: findIds(references, history), states, target };
    return;
  }
  // Excludes captures recorded from now on.
  const span = { upTo: history.newestSeq() };
  let ids: string[] = [];
  for (const { id } of history.captures(narrowed(query, states), 'newest first', span)) {
    ids.push(id);
    if (ids.length < idBatchSize) continue;
    yield { ids, states, target };
    ids = [];
  }
  if (ids.length > 0) yield { ids, states, target };
}

/** Narrows the query to outcomes that the states imply, since matches may be few among millions. */
function narrowed(query: CaptureQuery, states: readonly DeliveryState[]): CaptureQuery {
  if (query.outcomes.length > 0 || states.length === 0) return query;
  const outcomes = new Set<Outcome>();
  for (const state of states) {
    const selected = outcomesOf[state];
    if (!selected) return query;
    for (const outcome of selected) outcomes.add(outcome);
  }
  return { ...query, outcomes: [...outcomes] };
}

/** The possible outcomes of calls in a state; undefined: any. */
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
      // A shared queue also has captures of other stores; the queue checks the id.
      const elsewhere = error instanceof Problem && error.code === 'no_such_capture';
      if (elsewhere && whole !== undefined) return whole;
      throw error;
    }
  });
  return [...new Set(found)];
}

/**
 * The calls of the named captures. Throws `no_such_capture` and the like, and `not_queued` for a
 * capture that is not in the queue.
 */
export async function namedCalls(
  calls: CallSelection,
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

/** The number of selected calls, without those in flight. */
export async function countSelected(
  calls: CallSelection,
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

/** Uses the counters, since there may be a million calls. */
async function countByState({ states, target }: QueueChoice, admin: QueueAdmin): Promise<number> {
  let count = 0;
  for (const counts of await admin.targets()) {
    if (target !== undefined && counts.target !== target) continue;
    for (const [state, calls] of Object.entries(counts.states)) {
      const selected = states.length === 0 || states.some((each) => each === state);
      if (selected && state !== 'active') count += calls;
    }
  }
  return count;
}
