import { captureQuery } from '../../cli/capture-filter.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { historyFactsOptions } from '../../cli/options/data.js';
import type { OptionValues } from '../../cli/options/option.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { measureFacts } from '../measure-facts.js';
import { zoneOfOffset } from '../panel-offset.js';
import { noneMatches, withHistory } from './open.js';

/** Shows how the panel sends its calls, which the vendor documents nowhere. */
export async function runFacts(
  { words, options }: CommandInput<OptionValues<typeof historyFactsOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('history facts', words, showHint);
  const query = captureQuery(options, context.host.now());
  return withHistory(context, async ({ history, emit }) => {
    const facts = await measureFacts(history, query, context);
    if (typeof facts === 'string') return interruptionCode(facts);
    if (facts.calls === 0) {
      emit(noneMatches);
      return exitCodes.done.code;
    }
    const { lag, first, last } = facts;
    const zone = lag && { ...lag, zone: zoneOfOffset(lag.offsetMinutes) ?? null };
    const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
    emit({ type: 'facts', ...facts, first: iso(first), last: iso(last), lag: zone });
    return exitCodes.done.code;
  });
}
