import { plural } from '../../amounts.js';
import type { QueueChoice, QueueEntry } from '../../call/delivery.js';
import { redeliveryHeader } from '../../call/own-headers.js';
import { forwardFromStore, queueLine, storeCommand } from '../../forwarding/store-command.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { readRedisAddress } from '../../queue/redis/address.js';
import { journal } from '../../store/journal.js';
import { findWorkers } from '../../store/presence.js';
import type { CallSelection } from './call-selection.js';
import { noneMatches } from './none-matches.js';
import type { Opened } from './opened.js';
import {
  addTo,
  choicesOf,
  countSelected,
  type NamedCalls,
  namedCalls,
  type Tally,
  unqueuedAmong,
} from './queue-choices.js';

type Change =
  | {
      readonly kind: 'retry';
      readonly calls: CallSelection;
      readonly to: string | undefined;
      readonly redis: URL | undefined;
      readonly dryRun: boolean;
      readonly yes: boolean;
    }
  | { readonly kind: 'drop'; readonly calls: CallSelection; readonly yes: boolean };

/** Retries or drops calls, after confirmation. */
export async function changeCalls(request: Change, opened: Opened): Promise<number> {
  const { admin, history, emit } = opened;
  const { calls } = request;
  const named = calls.references.length > 0 ? await namedCalls(calls, history, admin) : undefined;
  const tally = async () => (named ? tallyOf(named) : await countSelected(calls, history, admin));
  if (request.kind === 'retry' && request.dryRun) {
    const states = await tally();
    emit({ type: 'retried', calls: total(states), to: request.to ?? null, dryRun: true, states });
    return exitCodes.done.code;
  }
  if (!request.yes && !(await isConfirmed(request, await tally(), opened)))
    return exitCodes.no.code;
  let changed = 0;
  const changeable = named?.entries.filter(mayChange);
  const ids = changeable && idsOf(changeable, calls.target);
  for (const choice of ids ?? choicesOf(calls, history)) {
    changed +=
      request.kind === 'retry' ? await admin.retry(choice, request.to) : await admin.drop(choice);
    if (request.kind === 'drop' || !calls.unqueued || named) continue;
    const unqueued = await unqueuedAmong(choice.ids, calls.target, admin);
    changed += await admin.enqueue(unqueued, request.to ?? calls.target);
  }
  if (request.kind === 'retry' && named)
    changed += await admin.enqueue(named.unqueued, request.to ?? calls.target);
  if (changed > 0) {
    const to = request.kind === 'retry' ? (request.to ?? null) : null;
    journal(
      opened.files,
      opened.context.host,
      request.kind === 'retry'
        ? { kind: 'retried', calls: changed, to }
        : { kind: 'dropped', calls: changed },
    );
  }
  emit(
    request.kind === 'retry'
      ? { type: 'retried', calls: changed, to: request.to ?? null }
      : { type: 'dropped', calls: changed },
  );
  const wanted = named ? named.entries.length + named.unqueued.length : 0;
  if (named && changed < wanted) {
    for (const message of leftAlone(named.entries, wanted - changed)) {
      emit({ type: 'warning', code: 'left_alone', message });
    }
    return exitCodes.no.code;
  }
  if (request.kind === 'retry' && changed > 0) await warnOfWorkers(request, opened);
  if (changed === 0) {
    const none = await noneMatches(calls, admin);
    const isWaiting = request.kind === 'retry' && calls.query && !calls.unqueued;
    const hint = isWaiting ? ' To send delivered calls again, too: --any' : '';
    emit({ type: 'warning', code: 'no_match', message: `${none}${hint}` });
  }
  return exitCodes.done.code;
}

function tallyOf({ entries, unqueued }: NamedCalls): Tally {
  const tally: Tally = {};
  for (const entry of entries) if (mayChange(entry)) addTo(tally, entry.state, 1);
  addTo(tally, 'unqueued', unqueued.length);
  return tally;
}

function total(tally: Tally): number {
  return Object.values(tally).reduce((sum, calls) => sum + calls, 0);
}

/** Dropped calls are lost, and the handler has seen delivered ones. */
async function isConfirmed(
  { kind }: Change,
  tally: Tally,
  { context, emit }: Opened,
): Promise<boolean> {
  const { json } = context.global;
  const calls = kind === 'drop' ? total(tally) : (tally.delivered ?? 0);
  if (calls < (kind === 'drop' ? 1 : 2)) return true;
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    throw problem(kind === 'drop' ? 'drop_needs_yes' : 'retry_needs_yes', { calls, json });
  }
  const question =
    kind === 'drop'
      ? `Drop ${plural(calls, 'call')} from the queue permanently? The captures are kept.`
      : `Send ${plural(calls, 'delivered call')} again? They carry the header ${redeliveryHeader}.`;
  if (await askYes(question, context)) return true;
  emit(
    kind === 'drop'
      ? { type: 'warning', code: 'not_dropped', message: 'Nothing was dropped.' }
      : { type: 'warning', code: 'not_sent', message: 'Nothing was sent.' },
  );
  return false;
}

function redisText(redis: URL | undefined): string | undefined {
  return redis && readRedisAddress(redis.href).text;
}

/** Warns when a retry moves calls to a URL without a worker, or that is paused. */
async function warnOfWorkers(
  { to, redis }: Extract<Change, { readonly kind: 'retry' }>,
  { files, context, emit, admin }: Opened,
): Promise<void> {
  for (const { target, paused } of await admin.targets()) {
    if (paused === null || (to !== undefined && to !== target)) continue;
    const resume = queueLine(storeCommand(context, files), redisText(redis), 'resume');
    const message = `${target} is paused. Its calls wait until: ${resume}`;
    emit({ type: 'warning', code: 'forwarding_paused', message });
  }
  // Workers of a queue on Redis may run on any machine.
  if (to === undefined || redis) return;
  const workers = await findWorkers(files.folder, context.host);
  if (workers.some((worker) => worker.to === to && worker.queue === '')) return;
  const command = forwardFromStore(storeCommand(context, files), to, '');
  const message = `No worker forwards to ${to}. Try: ${command}`;
  emit({ type: 'warning', code: 'no_worker', message });
}

function mayChange({ state }: QueueEntry): boolean {
  return state !== 'active' && state !== 'handed over';
}

function leftAlone(named: readonly QueueEntry[], unchanged: number): string[] {
  const elsewhere = named.filter(({ state }) => state === 'handed over').length;
  const atWork = unchanged - elsewhere;
  const found: string[] = [];
  if (atWork > 0) {
    const them = atWork === 1 ? 'it' : 'them';
    found.push(`${were(atWork)} not changed: a worker is sending ${them}.`);
  }
  if (elsewhere > 0) {
    found.push(`${were(elsewhere)} handed over to a queue on Redis. Pass its URL with --queue.`);
  }
  return found;
}

function were(calls: number): string {
  return plural(calls, 'call was', 'calls were');
}

/** One choice with all ids, or none without ids, since an empty list would select every call. */
function idsOf(entries: readonly QueueEntry[], target: string | undefined): QueueChoice[] {
  const ids = [...new Set(entries.map(({ id }) => id))];
  return ids.length > 0 ? [{ ids, states: [], target }] : [];
}
