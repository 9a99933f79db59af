import type { QueueEntry } from '../../call/delivery.js';
import type { QueuedNotice } from '../../output/notice.js';
import { roomToWrite } from '../../output/room-to-write.js';
import { exitCodes } from '../../problems/exit-codes.js';
import type { CallSelection } from './call-selection.js';
import { noneMatches } from './none-matches.js';
import type { Opened } from './opened.js';
import { choicesOf } from './queue-choices.js';

export async function listCalls(
  calls: CallSelection,
  limit: number,
  opened: Opened,
): Promise<number> {
  const { context, emit } = opened;
  const hasRoom = roomToWrite(context.host.stdout);
  let listed = 0;
  for await (const entry of entriesOf(calls, opened)) {
    emit(queuedNotice(entry));
    listed += 1;
    if (listed === limit || !(await hasRoom())) break;
  }
  const { host, global } = context;
  if (listed > 0 && host.stdout.isTTY && !global.json) emit({ type: 'times' });
  if (listed === 0) {
    emit({ type: 'warning', code: 'no_match', message: await noneMatches(calls, opened.admin) });
  }
  return exitCodes.done.code;
}

async function* entriesOf(
  calls: CallSelection,
  { admin, history }: Opened,
): AsyncGenerator<QueueEntry> {
  for (const choice of choicesOf(calls, history)) yield* admin.list(choice);
}

function queuedNotice({ id, target, state, queued, due, tries, last }: QueueEntry): QueuedNotice {
  return {
    type: 'queued',
    capture: id,
    target,
    state,
    queued: new Date(queued).toISOString(),
    due: due === null ? null : new Date(due).toISOString(),
    tries,
    status: last?.status ?? null,
    reason: last?.reason ?? null,
  };
}
