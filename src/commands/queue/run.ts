import { existsSync } from 'node:fs';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { reporter } from '../../cli/reporter.js';
import { exitCodes } from '../../problems/exit-codes.js';
import type { QueueDesk } from '../../queue/queue-desk.js';
import { readRedisAddress } from '../../queue/redis/address.js';
import { openDeliveryDesk } from '../../store/delivery-desk.js';
import { type StoreFiles, storeFiles } from '../../store/folder.js';
import { type History, openHistory } from '../../store/history.js';
import { queueNotice } from '../queue-counts.js';
import { changeCalls } from './change-calls.js';
import { listCalls } from './list-calls.js';
import type { Opened } from './opened.js';
import { queueAdvice } from './queue-advice.js';
import { type QueueRequest, readQueueRequest } from './request.js';
import { createQueueView, type QueueCommandNotice } from './view.js';

/** Counts, lists, retries, drops or forwards the calls of a queue, in the store or on Redis. */
export async function runQueue(input: CommandInput, context: CommandContext): Promise<number> {
  const request = readQueueRequest(input, context.presets, context.host.now());
  if (request.kind === 'work') {
    const { runQueueWork } = await import('../forwarding/work.js');
    return runQueueWork(input, context);
  }
  const files = storeFiles(context.host, context.global);
  const desk = await openDesk(request, files, context);
  try {
    const history = openCaptures(request, files);
    try {
      const view = await createQueueView(
        context,
        !context.global.json && (await hasSeveralTargets(request, desk)),
      );
      const emit = reporter<QueueCommandNotice>(context, view);
      return await lookOrChange(request, { files, desk, history, context, emit });
    } finally {
      history?.close();
    }
  } finally {
    await desk.close();
  }
}

type Request = Exclude<QueueRequest, { readonly kind: 'work' }>;

async function openDesk(
  { redis }: Request,
  files: StoreFiles,
  { host }: CommandContext,
): Promise<QueueDesk> {
  if (!redis) return openDeliveryDesk(files, host.now);
  const { openRedisDesk } = await import('../../queue/redis/redis-desk.js');
  return openRedisDesk(redis.href);
}

function openCaptures(request: Request, files: StoreFiles): History | undefined {
  if (request.kind === 'counts') return undefined;
  const { references, query } = request.calls;
  if (references.length === 0 && !query) return undefined;
  // What is on Redis may have been captured here, or elsewhere.
  if (request.redis && !existsSync(files.database)) return undefined;
  return openHistory(files);
}

/** A list names the targets only where there are several. */
async function hasSeveralTargets(request: Request, desk: QueueDesk): Promise<boolean> {
  if (request.kind !== 'list' || request.calls.target !== undefined) return false;
  const targets = await desk.targets();
  return new Set(targets.map(({ target }) => target)).size > 1;
}

async function lookOrChange(request: Request, opened: Opened): Promise<number> {
  switch (request.kind) {
    case 'counts': {
      const { desk, emit } = opened;
      const targets = await desk.targets();
      for (const counts of targets) emit(queueNotice(counts));
      const redis = request.redis && readRedisAddress(request.redis.href).text;
      for (const advice of queueAdvice(targets, redis)) emit(advice);
      if (targets.length === 0) {
        emit({ type: 'warning', code: 'nothing_queued', message: 'Nothing is queued.' });
      }
      return exitCodes.done.code;
    }
    case 'list':
      return listCalls(request, opened);
    case 'retry':
    case 'drop':
      return changeCalls(request, opened);
  }
}
