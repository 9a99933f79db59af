import { plural } from '../../amounts.js';
import { isLoopback } from '../../call/addresses.js';
import type { CommandContext } from '../../cli/command.js';
import { problem } from '../../problems/problem.js';
import type { Check } from '../../readiness/check.js';
import type { TestEndpointOptions } from './options.js';

/**
 * Several calls with events may be unexpected for another host, so those checks require
 * confirmation.
 */
export async function allowedChecks(
  chosen: readonly Check[],
  { samples, url, yes, asked: { burst } }: TestEndpointOptions,
  context: CommandContext,
): Promise<readonly Check[]> {
  const harmless = chosen.filter((check) => check.harmless);
  const calls = eventCalls(chosen, samples.length);
  if (
    yes ||
    (calls <= 1 && !burst) ||
    isLoopback(url.hostname) ||
    harmless.length === chosen.length
  ) {
    return chosen;
  }
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    const { json } = context.global;
    if (burst)
      throw problem('burst_needs_yes', { atOnce: burst.concurrency, host: url.host, json });
    throw problem('needs_yes', { calls, host: url.host, json });
  }
  const some = calls === 0 ? 'calls' : plural(calls, 'call');
  const then = calls === 0 ? ',' : ', and then';
  const load = burst
    ? `${then} ${burst.concurrency} at a time for ${burst.durationMs / 1000} s,`
    : '';
  const question = `Send ${some} with test events${load} to ${url.host}? (no: only harmless checks)`;
  return (await askYes(question, context)) ? chosen : harmless;
}

function eventCalls(chosen: readonly Check[], samples: number): number {
  const made = chosen.reduce((sum, check) => sum + (check.eventCalls ?? 0), 0);
  return chosen.some((check) => !check.harmless && check.eventCalls === undefined)
    ? made + samples
    : made;
}
