import { setImmediate as turn } from 'node:timers/promises';
import { plural } from '../../amounts.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { historyPruneOptions } from '../../cli/options/reading.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { onStore } from '../../forwarding/store-command.js';
import type { StopSignal } from '../../host.js';
import { createProgress } from '../../output/progress.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { type StoreFiles, storeFiles } from '../../store/folder.js';
import { journal } from '../../store/journal.js';
import { openPruner, type Progress, type PrunePlan } from '../../store/pruner.js';
import type { Retention } from '../../store/retention.js';
import { createHistoryView, type HistoryNotice } from './view.js';

/** Removes captures beyond the given limits, after confirmation. */
export async function runPrune(
  { words, options }: CommandInput<OptionValues<typeof historyPruneOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('history prune', words, showHint);
  const { keep, keepFor, keepSize, yes, compact } = options;
  if (keep === undefined && keepFor === undefined && keepSize === undefined) {
    throw problem('usage', {
      message: 'history prune requires a limit on what to keep.',
      hint: 'Try: netcore-hook history prune --keep 10000, --keep-for 7d or --keep-size 1gb',
    });
  }
  const retention = { captures: keep, ageMs: keepFor, bytes: keepSize };
  const emit = reporter<HistoryNotice>(context, await createHistoryView(context));
  const files = storeFiles(context.host, context.global);
  return pruneCaptures({ retention, yes, compact }, files, context, emit);
}

async function pruneCaptures(
  {
    retention,
    yes,
    compact,
  }: { readonly retention: Retention; readonly yes: boolean; readonly compact: boolean },
  files: StoreFiles,
  context: CommandContext,
  emit: Emit<HistoryNotice>,
): Promise<number> {
  const pruner = openPruner(files);
  const shown = await createProgress(context);
  let stoppedBy: StopSignal | undefined;
  const forget = context.host.onStopSignal((signal) => {
    stoppedBy = signal;
  });
  try {
    const bounds = pruner.bounds(retention, context.host.now());
    const plan = pruner.plan(bounds);
    const { captures: removable, waiting, dead } = plan;
    if (removable > 0 && !yes && !(await mayRemove(plan, context))) {
      emit({ type: 'warning', code: 'not_removed', message: 'Nothing was removed.' });
      return exitCodes.no.code;
    }
    let removed = 0;
    let progress: Progress | undefined;
    while (stoppedBy === undefined) {
      const step = pruner.removeStep(bounds, progress);
      progress = step.progress;
      removed += step.removed;
      if (step.ended) break;
      shown.update(`${removed} of ${plural(removable, 'capture')} removed`);
      await turn();
    }
    if (compact && stoppedBy === undefined) {
      shown.update('Rewriting the file of the store');
      await turn();
      pruner.compact();
    }
    shown.end();
    if (waiting > 0) {
      const message = `${plural(waiting, 'capture')} that ${waiting === 1 ? 'waits' : 'wait'} to be forwarded ${waiting === 1 ? 'was' : 'were'} kept.`;
      emit({ type: 'warning', code: 'waiting_kept', message });
    }
    if (dead > 0) {
      const message = `${plural(dead, 'dead call')} ${dead === 1 ? 'was' : 'were'} kept, since no handler accepted ${dead === 1 ? 'it' : 'them'}. To drop ${dead === 1 ? 'it' : 'them'}: netcore-hook queue drop --dead`;
      emit({ type: 'warning', code: 'dead_kept', message: onStore(message, context, files) });
    }
    if (removed > 0) journal(files, context.host, { kind: 'pruned', captures: removed });
    emit({ type: 'pruned', captures: removed, left: pruner.count(), compacted: compact });
    return stoppedBy === undefined ? exitCodes.done.code : interruptionCode(stoppedBy);
  } finally {
    shown.end();
    forget();
    pruner.close();
  }
}

async function mayRemove(
  { captures, estimated }: PrunePlan,
  context: CommandContext,
): Promise<boolean> {
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    throw problem('prune_needs_yes', { captures, estimated, json: context.global.json });
  }
  const about = estimated ? 'about ' : '';
  return askYes(`Remove ${about}${plural(captures, 'capture')} permanently?`, context);
}
