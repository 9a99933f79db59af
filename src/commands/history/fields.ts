import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { plural } from '../../amounts.js';
import type { CaptureQuery } from '../../call/capture-query.js';
import { captureQuery } from '../../cli/capture-filter.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { readTextFile } from '../../cli/input.js';
import type { historyFieldsOptions } from '../../cli/options/data.js';
import type { OptionValues } from '../../cli/options/option.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { createProgress } from '../../output/progress.js';
import { readBaseline, writeBaseline } from '../../payload/field-baseline.js';
import { FieldCounts, type FieldFacts } from '../../payload/field-counts.js';
import { type CountedFields, findDrift } from '../../payload/field-drift.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { replaceFile } from '../../replace-file.js';
import type { History } from '../../store/history.js';
import { eachMatchingText } from './each-event.js';
import { type OpenedHistory, withHistory } from './open.js';

/** Lists the fields of events by channel and activity, or how they differ from a baseline. */
export async function runFields(
  { words, options }: CommandInput<OptionValues<typeof historyFieldsOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('history fields', words, showHint);
  const { save, against } = options;
  const baseline = against === undefined ? undefined : await readFields(against, context);
  const query = captureQuery(options, context.host.now());
  return withHistory(context, async ({ history, emit }) => {
    const counted = await countFields(history, query, context);
    if (counted.stoppedBy) return interruptionCode(counted.stoppedBy);
    const { counts, captures, events } = counted;
    const found: CountedFields = {
      kinds: counts.kinds().sort((one, other) => other.events - one.events),
      fields: [...counts.fields()],
    };
    if (save !== undefined) await saveFields(save, found, context);
    const drift = baseline && findDrift(baseline, found);
    if (!drift) emitFields(found, emit);
    for (const { path, ...difference } of drift ?? []) {
      emit({ type: 'drift', ...difference, field: path.length === 0 ? null : path.join('.') });
    }
    emit({
      type: 'fields',
      captures,
      events,
      fields: found.fields.length,
      drift: drift?.length ?? null,
      bounded: counts.isFull,
    });
    return drift && drift.length > 0 ? exitCodes.no.code : exitCodes.done.code;
  });
}

const sliceMs = 50;

async function countFields(history: History, query: CaptureQuery, context: CommandContext) {
  const progress = await createProgress(context);
  const counts = new FieldCounts();
  let stoppedBy: Parameters<Parameters<typeof context.host.onStopSignal>[0]>[0] | undefined;
  const forget = context.host.onStopSignal((signal) => {
    stoppedBy = signal;
  });
  let captures = 0;
  let events = 0;
  try {
    let end = performance.now() + sliceMs;
    for (const { seq, time } of history.captures(query, 'oldest first')) {
      const capture = history.at(seq);
      if (!capture) continue;
      captures += 1;
      for (const text of eachMatchingText(capture, query.events)) {
        events += 1;
        counts.add(JSON.parse(text), time);
      }
      if (performance.now() < end) continue;
      progress.update(`${plural(events, 'event')} read`);
      await turn();
      if (stoppedBy) break;
      end = performance.now() + sliceMs;
    }
  } finally {
    progress.end();
    forget();
  }
  return { counts, captures, events, stoppedBy };
}

/** Kinds with most events first; their fields in the order in which they were seen. */
function emitFields({ kinds, fields }: CountedFields, emit: OpenedHistory['emit']): void {
  const byKind = new Map<string, FieldFacts[]>();
  for (const field of fields) {
    const name = JSON.stringify([field.channel, field.activity]);
    const known = byKind.get(name);
    if (known) known.push(field);
    else byKind.set(name, [field]);
  }
  for (const { channel, activity, events } of kinds) {
    for (const field of byKind.get(JSON.stringify([channel, activity])) ?? []) {
      emit({
        type: 'field',
        channel,
        activity,
        field: field.path.join('.'),
        types: field.types,
        events: field.events,
        share: Math.round((field.events / events) * 10_000) / 10_000,
        first: new Date(field.first).toISOString(),
        last: new Date(field.last).toISOString(),
        documented: field.documented,
      });
    }
  }
}

async function readFields(path: string, { host }: CommandContext): Promise<CountedFields> {
  const baseline = readBaseline(await readTextFile(resolve(host.cwd, path)));
  if (baseline) return baseline;
  throw problem('usage', {
    message: `${path} holds no fields.`,
    hint: 'Write it first: netcore-hook history fields --save fields.json',
  });
}

async function saveFields(path: string, found: CountedFields, { host }: CommandContext) {
  try {
    await replaceFile(resolve(host.cwd, path), writeBaseline(found));
  } catch (error) {
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
}
