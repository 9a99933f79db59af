import type { DeliveryState, QueueChoice, QueueEntry } from '../../call/delivery.js';
import type { CommandContext } from '../../cli/command.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { plural } from '../plural.js';
import { choicesOf, countMeant, namedCalls } from './chosen-calls.js';
import { noneMatches } from './none-matches.js';
import type { Opened } from './opened.js';
import type { QueueRequest } from './request.js';

type Change = Extract<QueueRequest, { readonly kind: 'retry' | 'drop' }>;

/** Makes calls due again or takes them out of the queue, once that was confirmed. */
export async function changeCalls(request: Change, opened: Opened): Promise<number> {
  const { desk, history, context, emit } = opened;
  const { calls } = request;
  const named = calls.references.length > 0 ? await namedCalls(calls, history, desk) : undefined;
  if (request.kind === 'drop' && !request.yes) {
    const count = named
      ? named.filter(({ state }) => changeable(request, state)).length
      : await countMeant(calls, history, desk);
    if (count > 0 && !(await mayDrop(count, context))) {
      emit({ type: 'warning', code: 'not_dropped', message: 'Nothing was dropped.' });
      return exitCodes.no.code;
    }
  }
  const choices = named ? [idsOf(named)] : choicesOf(calls, history);
  let changed = 0;
  for (const choice of choices) {
    changed +=
      request.kind === 'retry' ? await desk.retry(choice, request.to) : await desk.drop(choice);
  }
  emit(
    request.kind === 'retry'
      ? { type: 'retried', calls: changed, to: request.to ?? null }
      : { type: 'dropped', calls: changed },
  );
  if (named && changed < named.length) {
    for (const message of leftAlone(request, named, changed)) {
      emit({ type: 'warning', code: 'left_alone', message });
    }
    return exitCodes.no.code;
  }
  if (changed === 0) {
    emit({ type: 'warning', code: 'no_match', message: await noneMatches(calls, desk) });
  }
  return exitCodes.done.code;
}

function changeable({ kind, redis }: Change, state: DeliveryState): boolean {
  return state !== 'active' && !(kind === 'retry' && !redis && state === 'handed over');
}

function leftAlone(request: Change, named: readonly QueueEntry[], changed: number): string[] {
  const given = named.filter(
    ({ state }) => state !== 'active' && !changeable(request, state),
  ).length;
  const atWork = named.length - changed - given;
  return [
    ...(atWork > 0
      ? [`${were(atWork)} left alone: a worker has ${atWork === 1 ? 'it' : 'them'} just now.`]
      : []),
    ...(given > 0 ? [`${were(given)} handed over to a queue on Redis, which --queue names.`] : []),
  ];
}

function were(calls: number): string {
  return `${plural(calls, 'call')} ${calls === 1 ? 'was' : 'were'}`;
}

function idsOf(entries: readonly QueueEntry[]): QueueChoice {
  return { ids: [...new Set(entries.map(({ id }) => id))], states: [], target: undefined };
}

async function mayDrop(calls: number, context: CommandContext): Promise<boolean> {
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) throw problem('drop_needs_yes', { calls, json: context.global.json });
  return askYes(
    `Drop ${plural(calls, 'call')} from the queue for good? What was captured stays.`,
    context,
  );
}
