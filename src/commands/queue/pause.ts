import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { queuePauseOptions } from '../../cli/options/queueing.js';
import { rejectArguments } from '../../cli/reject-arguments.js';
import { queueLine, storeCommand } from '../../forwarding/store-command.js';
import { shellWord } from '../../output/shell-word.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { nearest } from '../../problems/nearest.js';
import { readRedisAddress } from '../../queue/redis/address.js';
import { storeFiles } from '../../store/folder.js';
import { journal } from '../../store/journal.js';
import { findTarget } from './find-target.js';
import type { Opened } from './opened.js';
import { withQueue } from './run.js';

type Verb = 'pause' | 'resume';

/** Lets workers hold back the calls of a queue, or send them again. */
export async function runPause(
  verb: Verb,
  { words, options }: CommandInput<OptionValues<typeof queuePauseOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments(
    `queue ${verb}`,
    words,
    (word) => `Try: netcore-hook queue ${verb} --target ${shellWord(word)}`,
  );
  const target = findTarget(options.target, storeFiles(context.host, context.global));
  const redis = options.queue ? readRedisAddress(options.queue.href).text : undefined;
  return withQueue(options.queue, undefined, context, async ({ admin, emit, files }) => {
    const since = verb === 'pause' ? context.host.now() : null;
    const changed = await admin.pause(target, since);
    const type = verb === 'pause' ? 'paused' : 'resumed';
    for (const url of changed) {
      journal(files, context.host, { kind: type, to: url });
      emit({ type, target: url, queue: redis ?? null });
    }
    if (changed.length > 0) return exitCodes.done.code;
    const { message, isDone } = await whyNone(
      verb,
      target,
      redis,
      admin,
      storeCommand(context, files),
    );
    emit({ type: 'warning', code: 'no_match', message });
    return isDone ? exitCodes.done.code : exitCodes.no.code;
  });
}

async function whyNone(
  verb: Verb,
  target: string | undefined,
  redis: string | undefined,
  admin: Opened['admin'],
  command: string,
): Promise<{ readonly message: string; readonly isDone: boolean }> {
  const targets = await admin.targets();
  const here = targets.filter(({ queue }) => queue === '');
  const chosen = here.filter((each) => target === undefined || each.target === target);
  const isPaused = verb === 'pause' ? 'already paused' : 'not paused';
  if (chosen.length > 0) {
    const names = target ?? 'Every target';
    return { message: `${names} is ${isPaused}.`, isDone: true };
  }
  const elsewhere = targets.find((each) => target === undefined || each.target === target);
  if (elsewhere && redis === undefined) {
    return {
      message: `The calls for ${elsewhere.target} are handed over to ${elsewhere.queue}. Try: ${queueLine(command, elsewhere.queue, verb)}`,
      isDone: false,
    };
  }
  if (target === undefined) return { message: 'No target has a queue.', isDone: false };
  const meant = nearest(
    target,
    here.map((each) => each.target),
  );
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return { message: `No queue for ${target} is known.${hint}`, isDone: false };
}
