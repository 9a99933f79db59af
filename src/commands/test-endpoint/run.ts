import type { CommandContext } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { askedChecks } from '../../readiness/asked-checks.js';
import type { Check } from '../../readiness/check.js';
import { checks } from '../../readiness/checks.js';
import { allowedChecks } from './allowed-checks.js';
import type { TestEndpointInput } from './input.js';
import { readTestEndpointOptions } from './options.js';
import { runRound } from './round.js';
import { createTestEndpointView, type TestEndpointNotice } from './view.js';

/** Runs the checks against an endpoint, or lists them. */
export async function runTestEndpoint(
  input: TestEndpointInput,
  context: CommandContext,
): Promise<number> {
  const view = await createTestEndpointView(context);
  const say = reporter<TestEndpointNotice>(context, view.show);
  if (input.options.list) {
    listChecks(say);
    return exitCodes.done.code;
  }
  const before: TestEndpointNotice[] = [];
  const options = await readTestEndpointOptions(input, context, (code, message) => {
    const notice = { type: 'warning', code, message } as const;
    before.push(notice);
    say(notice);
  });
  let allowed: readonly Check[] | undefined;
  const allow = async (chosen: readonly Check[]) => {
    const asked = allowed ?? (await allowedChecks(chosen, options, context));
    allowed = asked;
    return chosen.filter(({ id }) => asked.some((each) => each.id === id));
  };
  const plan = { options, context, view, say, before, allow };
  const { watch } = options;
  if (watch === undefined) return (await runRound(plan)).exit;
  const { runWatch } = await import('./watch.js');
  return runWatch(plan, watch);
}

function listChecks(say: Emit<TestEndpointNotice>): void {
  for (const { id, group, suite, title, sends, harmless } of checks) {
    say({ type: 'listed_check', id, group, suite, title, sends, harmless });
  }
  for (const { id, group, title, sends, harmless } of askedChecks) {
    say({ type: 'listed_check', id, group, suite: 'asked', title, sends, harmless });
  }
}
