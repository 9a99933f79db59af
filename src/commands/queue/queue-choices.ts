import { wholeId } from '../../call/capture-id.js';
import type { CaptureQuery } from '../../call/capture-query.js';
import {
  type DeliveryState,
  deliveryStates,
  type QueueChoice,
  type QueueEntry,
} from '../../call/delivery.js';
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
  { references, states, target, query, unqueued }: CallSelection,
  history: History | undefined,
): Generator<QueueChoice> {
  if (!query || !history) {
    yield { ids: findIds(references, history), states, target };
    return;
  }
  // Excludes captures recorded from now on.
  const span = { upTo: history.newestSeq() };
  let ids: string[] = [];
  const narrow = unqueued ? query : narrowed(query, states);
  for (const { id } of history.captures(narrow, 'newest first', span)) {
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

/** The possible outcomes of captures with a call in a state: another handler's may be more urgent. undefined: any. */
const outcomesOf: Readonly<Record<DeliveryState, readonly Outcome[] | undefined>> = {
  waiting: ['waiting', 'failed', 'dead'],
  delayed: ['waiting', 'failed', 'dead'],
  active: ['waiting', 'failed', 'dead'],
  delivered: ['delivered', 'waiting', 'failed', 'dead'],
  dead: ['dead'],
  skipped: undefined,
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

export interface NamedCalls {
  readonly entries: readonly QueueEntry[];
  /** Captures without a call. */
  readonly unqueued: readonly string[];
}

/**
 * The calls of the named captures. Throws `no_such_capture` and the like, and `not_queued` for a
 * capture that is not in the queue, unless those are selected too.
 */
export async function namedCalls(
  calls: CallSelection,
  history: History | undefined,
  admin: QueueAdmin,
): Promise<NamedCalls> {
  const ids = findIds(calls.references, history);
  const entries: QueueEntry[] = [];
  for await (const entry of admin.list({ ids, states: [], target: calls.target }))
    entries.push(entry);
  const queued = new Set(entries.map(({ id }) => id));
  const unqueued = ids.filter((id) => !queued.has(id));
  if (unqueued.length > 0 && !calls.unqueued) throw problem('not_queued', { ids: unqueued });
  return { entries, unqueued };
}

/** The ids among these of captures without a call, for the target if there is one. */
export async function unqueuedAmong(
  ids: readonly string[],
  target: string | undefined,
  admin: QueueAdmin,
): Promise<readonly string[]> {
  const queued = new Set<string>();
  for await (const { id } of admin.list({ ids, states: [], target })) queued.add(id);
  return ids.filter((id) => !queued.has(id));
}

/** Numbers of calls by state, and of captures without one. */
export type Tally = Partial<Record<DeliveryState | 'unqueued', number>>;

export function addTo(tally: Tally, state: keyof Tally, calls: number): void {
  if (calls > 0) tally[state] = (tally[state] ?? 0) + calls;
}

/** Counts the selected calls, without those in flight. */
export async function countSelected(
  calls: CallSelection,
  history: History | undefined,
  admin: QueueAdmin,
): Promise<Tally> {
  const tally: Tally = {};
  for (const choice of choicesOf(calls, history)) {
    if (choice.ids.length > 0) {
      for await (const { state } of admin.list(choice))
        if (state !== 'active') addTo(tally, state, 1);
      if (!calls.unqueued) continue;
      addTo(tally, 'unqueued', (await unqueuedAmong(choice.ids, calls.target, admin)).length);
    } else if (!calls.query) await countByState(choice, admin, tally);
  }
  return tally;
}

/** Uses the counters, since there may be a million calls. */
async function countByState(
  { states, target }: QueueChoice,
  admin: QueueAdmin,
  tally: Tally,
): Promise<void> {
  for (const counts of await admin.targets()) {
    if (target !== undefined && counts.target !== target) continue;
    for (const state of deliveryStates) {
      const selected = states.length === 0 || states.includes(state);
      if (selected && state !== 'active') addTo(tally, state, counts.states[state]);
    }
  }
}
