import type { TargetCounts } from '../../call/delivery.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { queueMoveOptions } from '../../cli/options/queueing.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { reporter } from '../../cli/reporter.js';
import { queueLine, storeCommand } from '../../forwarding/store-command.js';
import { shellWord } from '../../output/shell-word.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { returnCalls } from '../../queue/reconcile.js';
import { readRedisAddress } from '../../queue/redis/address.js';
import { type StoreFiles, storeFiles } from '../../store/folder.js';
import { journal } from '../../store/journal.js';
import { findWorkers, type WorkerPresence } from '../../store/presence.js';
import { openStoreQueueAdmin } from '../../store/queue-admin.js';
import { findTarget } from './find-target.js';
import { createQueueView, type QueueCommandNotice } from './view.js';

/** Moves the calls of a store that wait to a queue on Redis, or back. */
export async function runMove(
  { words, options }: CommandInput<OptionValues<typeof queueMoveOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('queue move', words, showHint);
  const { queue: url, back, dryRun } = options;
  if (!url) {
    throw problem('usage', {
      message: 'queue move requires the URL of a Redis.',
      hint: 'Example: netcore-hook queue move --queue redis://127.0.0.1',
    });
  }
  const files = storeFiles(context.host, context.global);
  const redis = readRedisAddress(url.href).text;
  const target = findTarget(options.target, files);
  const workers = await findWorkers(files.folder, context.host);
  const handsOver = workers.find((worker) => worker.queue === redis);
  if (back && handsOver) throw problem('move_meets_listener', { pid: handsOver.pid, redis });
  const emit = reporter<QueueCommandNotice>(context, await createQueueView(context, false));
  const admin = openStoreQueueAdmin(files, context.host.now);
  try {
    const isChosen = (of: { readonly target: string }) =>
      target === undefined || of.target === target;
    const engines = back ? { from: redis, to: '' } : { from: '', to: redis };
    const from = (await admin.targets())
      .filter(isChosen)
      .filter(({ queue }) => queue === engines.from);
    // Asked first, so that an unreachable server changes nothing.
    const onRedis = (await redisTargets(url)).filter(isChosen);
    const paused = (back ? onRedis : from).find((each) => each.paused !== null);
    if (paused) {
      const line = queueLine(storeCommand(context, files), back ? redis : undefined, 'resume');
      throw problem('move_paused', { target: paused.target, resume: line });
    }
    const notice = { type: 'moved', from: engines.from || null, to: engines.to || null } as const;
    if (dryRun) {
      const calls = from.reduce((sum, counts) => sum + movableCalls(counts), 0);
      emit({ ...notice, calls, dryRun });
      return exitCodes.done.code;
    }
    const held = back ? await returnFrom(url, redis, target, admin) : 0;
    const calls = await admin.move(target, engines);
    emit({ ...notice, calls });
    if (calls > 0) journal(files, context.host, { kind: 'moved', calls, to: notice.to });
    if (held > 0) emit({ type: 'warning', code: 'calls_held', message: heldText(held) });
    for (const each of calls > 0 ? from : []) {
      const message = noWorkerText(each.target, notice.to, workers, context, files);
      if (message !== undefined) emit({ type: 'warning', code: 'no_worker', message });
    }
    return held > 0 ? exitCodes.no.code : exitCodes.done.code;
  } finally {
    await admin.close();
  }
}

async function redisTargets(url: URL): Promise<readonly TargetCounts[]> {
  const { openRedisQueueAdmin } = await import('../../queue/redis/redis-admin.js');
  const admin = openRedisQueueAdmin(url.href);
  try {
    return await admin.targets();
  } finally {
    await admin.close();
  }
}

async function returnFrom(
  url: URL,
  redis: string,
  target: string | undefined,
  admin: ReturnType<typeof openStoreQueueAdmin>,
): Promise<number> {
  const { openRedisQueue } = await import('../../queue/redis/redis-queue.js');
  // Its reports are those of all targets.
  const queue = openRedisQueue(url.href, target ?? 'http://127.0.0.1/');
  try {
    return await returnCalls({
      reports: queue.reports,
      reconcile: (turn) => admin.reconcile(turn),
      queue: redis,
      target,
    });
  } finally {
    await queue.close();
  }
}

/** A call in flight is not moved, and one on Redis may be in flight there. */
function movableCalls({ states }: TargetCounts): number {
  return states.waiting + states.delayed + states['handed over'];
}

function heldText(calls: number): string {
  return calls === 1
    ? '1 call stays on Redis, since a worker is sending it. Run the command again in a moment.'
    : `${calls} calls stay on Redis, since workers are sending them. Run the command again in a moment.`;
}

/** Moved calls wait until a process forwards them. */
function noWorkerText(
  target: string,
  redis: string | null,
  workers: readonly WorkerPresence[],
  context: CommandContext,
  files: StoreFiles,
): string | undefined {
  if (workers.some((worker) => worker.to === target && worker.queue === (redis ?? ''))) return;
  const command = storeCommand(context, files);
  const queue = redis === null ? '' : ` --queue ${shellWord(redis)}`;
  const listen = `${command} listen --forward-to ${shellWord(target)}${queue}`;
  return redis === null
    ? `No worker forwards to ${target}. Start one: ${listen}`
    : `They are handed over while a listener on this store uses that Redis. Start one: ${listen}`;
}
