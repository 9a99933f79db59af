import { plural } from '../../amounts.js';
import type { QueueChoice, QueueEntry } from '../../call/delivery.js';
import type { CommandContext } from '../../cli/command.js';
import { forwardFromStore, storeCommand } from '../../forwarding/store-command.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { findWorkers } from '../../store/presence.js';
import type { CallSelection } from './call-selection.js';
import { noneMatches } from './none-matches.js';
import type { Opened } from './opened.js';
import { choicesOf, countSelected, namedCalls } from './queue-choices.js';

type Change =
  | {
      readonly kind: 'retry';
      readonly calls: CallSelection;
      readonly to: string | undefined;
      readonly redis: URL | undefined;
    }
  | { readonly kind: 'drop'; readonly calls: CallSelection; readonly yes: boolean };

/** Retries or drops calls, after confirmation. */
export async function changeCalls(request: Change, opened: Opened): Promise<number> {
  const { admin, history, context, emit } = opened;
  const { calls } = request;
  const named = calls.references.length > 0 ? await namedCalls(calls, history, admin) : undefined;
  const changeable = named?.filter(mayChange);
  if (request.kind === 'drop' && !request.yes) {
    const count = changeable?.length ?? (await countSelected(calls, history, admin));
    if (count > 0 && !(await mayDrop(count, context))) {
      emit({ type: 'warning', code: 'not_dropped', message: 'Nothing was dropped.' });
      return exitCodes.no.code;
    }
  }
  const choices = changeable ? idsOf(changeable) : choicesOf(calls, history);
  let changed = 0;
  for (const choice of choices) {
    changed +=
      request.kind === 'retry' ? await admin.retry(choice, request.to) : await admin.drop(choice);
  }
  emit(
    request.kind === 'retry'
      ? { type: 'retried', calls: changed, to: request.to ?? null }
      : { type: 'dropped', calls: changed },
  );
  if (named && changed < named.length) {
    for (const message of leftAlone(named, changed)) {
      emit({ type: 'warning', code: 'left_alone', message });
    }
    return exitCodes.no.code;
  }
  if (request.kind === 'retry' && changed > 0) await warnOfNoWorker(request, opened);
  if (changed === 0) {
    emit({ type: 'warning', code: 'no_match', message: await noneMatches(calls, admin) });
  }
  return exitCodes.done.code;
}

/** Warns when a retry moves calls to a URL without a worker. */
async function warnOfNoWorker(
  { to, redis }: Extract<Change, { readonly kind: 'retry' }>,
  { files, context, emit }: Opened,
): Promise<void> {
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

function leftAlone(named: readonly QueueEntry[], changed: number): string[] {
  const elsewhere = named.filter(({ state }) => state === 'handed over').length;
  const atWork = named.length - changed - elsewhere;
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
function idsOf(entries: readonly QueueEntry[]): QueueChoice[] {
  const ids = [...new Set(entries.map(({ id }) => id))];
  return ids.length > 0 ? [{ ids, states: [], target: undefined }] : [];
}

async function mayDrop(calls: number, context: CommandContext): Promise<boolean> {
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) throw problem('drop_needs_yes', { calls, json: context.global.json });
  return askYes(
    `Drop ${plural(calls, 'call')} from the queue permanently? The captures are kept.`,
    context,
  );
}
