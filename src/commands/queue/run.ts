import type { QueueAdmin } from '../../call/queue-admin.js';
import type { CommandContext, CommandDefinition, CommandInput } from '../../cli/command.js';
import { readInput } from '../../cli/input.js';
import type { OptionValues } from '../../cli/options/option.js';
import type {
  queueCountsOptions,
  queueDropOptions,
  queueListOptions,
  queueRetryOptions,
} from '../../cli/options/queueing.js';
import { withoutUserinfo } from '../../cli/options/values.js';
import { notCombined, rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { reporter } from '../../cli/reporter.js';
import { storeCommand } from '../../forwarding/store-command.js';
import { queueNotice } from '../../output/queue-notice.js';
import { decodeText } from '../../payload/text-encoding.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { readRedisAddress } from '../../queue/redis/address.js';
import { hasDatabase, type StoreFiles, storeFiles } from '../../store/folder.js';
import { type History, openHistory } from '../../store/history.js';
import { openStoreQueueAdmin } from '../../store/queue-admin.js';
import {
  type CallSelection,
  changeableStates,
  readCallSelection,
  readCallsToChange,
} from './call-selection.js';
import { changeCalls } from './change-calls.js';
import { hrefOf } from './find-target.js';
import { listCalls } from './list-calls.js';
import type { Opened } from './opened.js';
import { queueAdvice } from './queue-advice.js';
import { createQueueView, type QueueCommandNotice } from './view.js';

/** `queue` without a verb counts calls. */
export async function runCounts(
  { words: [word], options }: CommandInput<OptionValues<typeof queueCountsOptions>>,
  context: CommandContext,
  commands: readonly CommandDefinition[],
): Promise<number> {
  if (word !== undefined) throw unknownVerb(word, commands);
  const { queue } = options;
  return withQueue(queue, undefined, context, async ({ admin, emit, files }) => {
    const targets = await admin.targets();
    for (const counts of targets) emit(queueNotice(counts));
    const redis = queue && readRedisAddress(queue.href).text;
    const command = storeCommand(context, files);
    for (const advice of queueAdvice(targets, redis, command)) emit(advice);
    if (targets.length === 0) {
      emit({ type: 'warning', code: 'nothing_queued', message: 'Nothing is queued.' });
    }
    return exitCodes.done.code;
  });
}

export async function runList(
  input: CommandInput<OptionValues<typeof queueListOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('queue list', input.words, showHint);
  const { queue, limit } = input.options;
  const calls = readCallSelection(input, [], context.host.now(), filesOf(context));
  return withQueue(queue, calls, context, (opened) => listCalls(calls, limit, opened), true);
}

/** Makes calls due now, and optionally moves them to another URL. */
export async function runRetry(
  input: CommandInput<OptionValues<typeof queueRetryOptions>>,
  context: CommandContext,
): Promise<number> {
  const { queue, to, any, dryRun, yes } = input.options;
  if (any && input.options.state.length > 0) throw notCombined('--any', '--state');
  const references = [...input.words, ...(await readIds(input.options.ids, context))];
  const selected = readCallsToChange(
    'retry',
    input,
    context.host.now(),
    filesOf(context),
    references,
  );
  const calls = withAny(selected, any, queue);
  if (to?.credentials) {
    throw problem('invalid_value', {
      what: '--to',
      value: `…@${to.url.host}`,
      reason: 'the URL of queued calls must not contain credentials',
      hint: 'Remove them, and pass them to the worker with --forward-auth.',
    });
  }
  const change = {
    ...({ kind: 'retry', calls, to: to && hrefOf(to.url) } as const),
    ...{ redis: queue, dryRun, yes },
  };
  return withQueue(queue, calls, context, (opened) => changeCalls(change, opened));
}

/** Named captures, and those of `--any`, may have no call yet, unless the queue is on Redis. */
function withAny(calls: CallSelection, any: boolean, redis: URL | undefined): CallSelection {
  const isNamed = calls.references.length > 0;
  return {
    ...calls,
    states: any && !isNamed ? changeableStates : calls.states,
    unqueued: (any || isNamed) && redis === undefined,
  };
}

function filesOf({ host, global }: CommandContext): StoreFiles {
  return storeFiles(host, global);
}

/** Reads ids line by line. `0000…0001.3` names an event, whose whole call is meant. */
async function readIds(file: string | undefined, context: CommandContext): Promise<string[]> {
  if (file === undefined) return [];
  const text = decodeText(await readInput(file, context));
  const ids = text.split(/\r?\n/).flatMap((line) => line.trim().replace(/\.\d+$/, '') || []);
  if (ids.length > 0) return [...new Set(ids)];
  throw problem('usage', {
    message: `${file === '-' ? 'stdin' : file} holds no id.`,
    hint: 'Write the id of a capture on each line.',
  });
}

export async function runDrop(
  input: CommandInput<OptionValues<typeof queueDropOptions>>,
  context: CommandContext,
): Promise<number> {
  const { queue, yes } = input.options;
  const calls = readCallsToChange('drop', input, context.host.now(), filesOf(context));
  return withQueue(queue, calls, context, (opened) =>
    changeCalls({ kind: 'drop', calls, yes }, opened),
  );
}

function unknownVerb(typed: string, commands: readonly CommandDefinition[]): Error {
  const word = withoutUserinfo(typed);
  const verbs = commands.find(({ name }) => name === 'queue')?.verbs ?? [];
  const names = verbs.map(({ name }) => name);
  if (names.includes(word)) {
    return problem('usage', {
      message: `"${word}" follows the options, where queue expects no argument.`,
      hint: `Put the verb first: netcore-hook queue ${word}`,
    });
  }
  const suggestion = nearest(word, names);
  return problem('usage', {
    message: `queue takes ${names.slice(0, -1).join(', ')} or ${names.at(-1)}, but got "${word}".`,
    hint: suggestion
      ? `Did you mean queue ${suggestion}?`
      : `To look at one call: netcore-hook history show ${word}`,
  });
}

/**
 * Opens the queue, on Redis or in the store, for `act`. `calls`: the selection; undefined: all.
 * `listing`: the calls are listed one by one.
 */
export async function withQueue(
  redis: URL | undefined,
  calls: CallSelection | undefined,
  context: CommandContext,
  act: (opened: Opened) => Promise<number>,
  listing = false,
): Promise<number> {
  const files = storeFiles(context.host, context.global);
  const admin = await openAdmin(redis, files, context);
  try {
    const history = openCaptures(redis, calls, files);
    try {
      const several =
        listing && !context.global.json && calls?.target === undefined && (await hasSeveral(admin));
      const view = await createQueueView(context, several);
      const emit = reporter<QueueCommandNotice>(context, view);
      return await act({ files, admin, history, context, emit });
    } finally {
      history?.close();
    }
  } finally {
    await admin.close();
  }
}

async function openAdmin(
  redis: URL | undefined,
  files: StoreFiles,
  { host }: CommandContext,
): Promise<QueueAdmin> {
  if (!redis) return openStoreQueueAdmin(files, host.now);
  readRedisAddress(redis.href);
  const { openRedisQueueAdmin } = await import('../../queue/redis/redis-admin.js');
  return openRedisQueueAdmin(redis.href);
}

function openCaptures(
  redis: URL | undefined,
  calls: CallSelection | undefined,
  files: StoreFiles,
): History | undefined {
  if (!calls || (calls.references.length === 0 && !calls.query)) return undefined;
  // Calls on Redis may have been captured by another store.
  if (redis && !hasDatabase(files)) return undefined;
  return openHistory(files);
}

/** A list shows targets only when there are several. */
async function hasSeveral(admin: QueueAdmin): Promise<boolean> {
  const targets = await admin.targets();
  return new Set(targets.map(({ target }) => target)).size > 1;
}
