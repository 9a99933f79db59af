import { durationOption } from '../../amounts.js';
import { everyCapture } from '../../call/capture-query.js';
import type { CommandContext } from '../../cli/command.js';
import type { LikeHistoryNotice } from '../../output/notice.js';
import { wallClockOf } from '../../payload/build/wall-clock.js';
import { problem } from '../../problems/problem.js';
import { storeFiles } from '../../store/folder.js';
import { openHistory } from '../../store/history.js';
import { measureFacts } from '../measure-facts.js';
import type { PanelFacts } from '../panel-facts.js';
import { zoneOfOffset } from '../panel-offset.js';
import type { SimulateInput } from './options.js';

type Options = SimulateInput['options'];
type MeasuredOptions = Partial<
  Pick<Options, 'batchMax' | 'batchEvery' | 'duplicates' | 'late' | 'tz' | 'retries'>
>;

/**
 * The input with defaults that the captures of the store show: see `history facts`. Options that were given
 * stay. Throws a problem when there is no capture with events.
 */
export async function likeHistory(
  input: SimulateInput,
  context: CommandContext,
): Promise<{ readonly input: SimulateInput; readonly notice: LikeHistoryNotice }> {
  const history = openHistory(storeFiles(context.host, context.global));
  try {
    const facts = await measureFacts(history, everyCapture, context);
    if (typeof facts === 'string' || facts.calls === 0) {
      throw problem('usage', {
        message: '--like-history requires captures with events, and the store has none.',
        hint: 'Select another store with --store or --profile.',
      });
    }
    const zone = facts.lag ? zoneOfOffset(facts.lag.offsetMinutes) : undefined;
    const measured = measuredOptions(facts, zone);
    const isDefault = ([name]: [string, unknown]) =>
      input.from(name as keyof MeasuredOptions).kind === 'default';
    const used = Object.fromEntries(Object.entries(measured).filter(isDefault));
    return {
      input: { ...input, options: { ...input.options, ...used } },
      notice: noticeOf(facts.calls, used, zone),
    };
  } finally {
    history.close();
  }
}

const maxBatch = 100_000;
const maxRetries = 100;
const dayMs = 86_400_000;
const million = 1_000_000;

/** Only what the captures show. */
function measuredOptions(facts: PanelFacts, zone: string | undefined): MeasuredOptions {
  const { batch, repeats, late, failures } = facts;
  const { repeatTimes: times, repeatMedianMs: everyMs } = failures;
  return {
    ...(batch.max !== null && { batchMax: Math.min(batch.max, maxBatch) }),
    ...(batch.spanMs !== null && { batchEvery: Math.min(Math.max(batch.spanMs, 1000), dayMs) }),
    ...(repeats.share !== null && { duplicates: Math.round(repeats.share * million) }),
    ...(late !== null && { late: Math.round(late * million) }),
    ...(zone !== undefined && { tz: wallClockOf('--tz', zone) }),
    ...(times > 0 &&
      everyMs !== null && {
        retries: { times: Math.min(times, maxRetries), everyMs: Math.max(everyMs, 1) },
      }),
  };
}

function noticeOf(
  calls: number,
  { batchMax, batchEvery, duplicates, late, tz, retries }: MeasuredOptions,
  zone: string | undefined,
): LikeHistoryNotice {
  const percent = (share: number) => `${share / 10_000}%`;
  const option = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name} ${value}`];
  return {
    type: 'like_history',
    calls,
    options: [
      ...option('batch-max', batchMax?.toString()),
      ...option('batch-every', batchEvery === undefined ? undefined : durationOption(batchEvery)),
      ...option('duplicates', duplicates === undefined ? undefined : percent(duplicates)),
      ...option('late', late === undefined ? undefined : percent(late)),
      ...option('tz', tz && zone),
      ...option('retries', retries && `${retries.times}x${durationOption(retries.everyMs)}`),
    ],
  };
}
