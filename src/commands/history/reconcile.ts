import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { grouped } from '../../amounts.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { rejectArguments } from '../../cli/reject-arguments.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import type { StopSignal } from '../../host.js';
import { createProgress } from '../../output/progress.js';
import type { KeyField } from '../../payload/row-fields.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { chooseKey, type Sides } from '../../reconciliation/choose-key.js';
import { compareSides, fillComparison, type Steps } from '../../reconciliation/reconcile.js';
import { type RowSide, refuseUnusedMappings } from '../../reconciliation/side.js';
import { messageTotals } from '../../reconciliation/totals.js';
import { storeFiles, storeFilesIfAny } from '../../store/folder.js';
import { type History, openHistory } from '../../store/history.js';
import { openTemporaryDatabase } from '../../store/temporary-database.js';
import { unreadableNotice } from '../unreadable.js';
import { emitPreview } from './reconcile-preview.js';
import {
  openSides,
  type ReconcileInput,
  refuseContradictions,
  refuseUnwritable,
} from './reconcile-sides.js';
import { createReconcileView, type ReconcileNotice } from './reconcile-view.js';
import { reconciledNotice } from './reconciled-notice.js';
import { writeMissing } from './write-missing.js';

/** Compares what is expected with where it must be. */
export async function runReconcile(
  { words, options, from }: CommandInput<ReconcileInput>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('reconcile', words, () => 'Put files behind --expect or --in.');
  refuseContradictions(options);
  if (options.missing !== undefined) await refuseUnwritable(options.missing, options, context);
  const emit = reporter<ReconcileNotice>(context, await createReconcileView(context));
  const progress = await createProgress(context);
  const usesStore = options.expect.length === 0 || options.in.length === 0;
  const history = usesStore ? openHistory(storeFiles(context.host, context.global)) : undefined;
  const opened: RowSide[] = [];
  let stoppedBy: StopSignal | undefined;
  const stop = new AbortController();
  const forget = context.host.onStopSignal((signal) => {
    stoppedBy = signal;
    stop.abort();
  });
  const steps = stepsOf(progress, stop.signal);
  try {
    const sides = await openSides(options, context, history, stop.signal, opened);
    // A project's mappings are for several reports.
    if (from('map').kind === 'flag') refuseUnusedMappings(options.map, sides);
    const code = await reconcile({ options, context, history, emit, steps, sides });
    if (history && history.unreadable() > 0) emit(unreadableNotice(history.unreadable()));
    return code;
  } catch (error) {
    if (stoppedBy !== undefined) return interruptionCode(stoppedBy);
    throw error;
  } finally {
    progress.end();
    forget();
    for (const side of opened) side.close();
    history?.close();
  }
}

function stepsOf(progress: { update(text: string): void }, stop: AbortSignal): Steps {
  const pause = async () => {
    await turn();
    stop.throwIfAborted();
  };
  return {
    read(side, rows) {
      progress.update(`Reading ${side.name}: ${grouped(rows)} rows`);
      return pause();
    },
    compare() {
      progress.update('Comparing');
      return pause();
    },
  };
}

interface Run {
  readonly options: ReconcileInput;
  readonly context: CommandContext;
  readonly history: History | undefined;
  readonly emit: Emit<ReconcileNotice>;
  readonly steps: Steps;
  readonly sides: Sides;
}

async function reconcile(run: Run): Promise<number> {
  const { options, context, sides, steps, emit, history } = run;
  const { within } = options;
  const byMessage = options.by !== undefined;
  const key: readonly KeyField[] = byMessage
    ? totalsKey(sides)
    : chooseKey(sides, options.key, within !== undefined);
  if (options.dryRun) {
    emitPreview(sides, { key, within }, emit);
    return exitCodes.done.code;
  }
  const files = storeFilesIfAny(context.host, context.global);
  const database = openTemporaryDatabase(files, context.host);
  try {
    const comparison = await fillComparison(database, sides, { key, within }, steps);
    if (byMessage)
      return emitTotals(sides, messageTotals(comparison, key.includes('channel')), emit);
    const result = await compareSides(comparison, sides, key, steps);
    if (options.missing !== undefined) {
      await writeMissing(resolve(context.host.cwd, options.missing), database, sides.expected);
    }
    const runs = sides.found.isStore && history ? history.listenerRuns() : [];
    const now = context.host.now();
    const written = options.missing;
    emit(reconciledNotice(result, { sides, key, within, written, runs, now }));
    if (result.both === 0 && result.missing > 0 && result.rows.found > 0) {
      emit({ type: 'warning', code: 'nothing_equal', message: nothingEqual(key) });
    }
    return result.missing > 0 ? exitCodes.no.code : exitCodes.done.code;
  } finally {
    database.close();
  }
}

/** More often than all events are lost, a column or a zone is not the one that is meant. */
function nothingEqual(key: readonly KeyField[]): string {
  const times = key.includes('time')
    ? ' Times may be in another zone (--tz) or differ a little (--within 10m).'
    : '';
  return `Not one expected event was found. Check the columns with --dry-run.${times}`;
}

function totalsKey({ expected, found }: Sides): readonly KeyField[] {
  for (const field of ['msgid', 'event'] as const) {
    const lacking = [expected, found].find(({ fields }) => !fields.has(field));
    if (!lacking) continue;
    throw problem('usage', {
      message: `--by message needs the field ${field}, which ${lacking.name} lacks.`,
      hint: `Name its column: --map ${field}=<column>`,
    });
  }
  const withChannel = expected.fields.has('channel') && found.fields.has('channel');
  return withChannel ? ['msgid', 'channel', 'event'] : ['msgid', 'event'];
}

function emitTotals(
  { expected, found }: Sides,
  totals: ReturnType<typeof messageTotals>,
  emit: Emit<ReconcileNotice>,
): number {
  let number = 0;
  let short = 0;
  let missing = 0;
  for (const { found: inOther, ...total } of totals) {
    number += 1;
    const lacking = total.expected - inOther;
    if (lacking > 0) {
      short += 1;
      missing += lacking;
    }
    emit({ type: 'message_total', ...total, in: inOther });
  }
  emit({ type: 'totals', expected: expected.name, in: found.name, totals: number, short, missing });
  return missing > 0 ? exitCodes.no.code : exitCodes.done.code;
}
