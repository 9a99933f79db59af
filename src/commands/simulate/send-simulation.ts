import { plural } from '../../amounts.js';
import { isLoopback } from '../../call/addresses.js';
import type { CommandContext } from '../../cli/command.js';
import { reporter } from '../../cli/reporter.js';
import { runCalls } from '../../journeys/plan-run.js';
import { createFunnel } from '../../journeys/walk-contact.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { sendCalls } from '../../sending/send-calls.js';
import { createCallBuilder, payloadOf, type SimulationRun } from './build-call.js';
import { CallDispatch, type DueCall } from './dispatch-calls.js';
import { beginning, summaryOf } from './summary.js';
import { openTruth } from './truth-file.js';
import { createSimulateView, type SimulateNotice } from './view.js';

/** Sends the calls of a run, and reports what the receiver should hold afterwards. */
export async function sendSimulation(run: SimulationRun, context: CommandContext): Promise<number> {
  const { simulation, events, target } = run;
  const { host } = context;
  const calls = countCalls(run);
  const view = await createSimulateView(context, { calls, to: target.url.href });
  const emit = reporter<SimulateNotice>(context, view.show);
  if (!(await mayLeave(run, calls, context))) {
    emit({ type: 'warning', code: 'not_sent', message: 'Nothing was sent.' });
    return exitCodes.no.code;
  }
  const truth =
    simulation.truth === undefined
      ? undefined
      : await openTruth(simulation.truth, host.cwd, {
          ...{ events, journey: simulation.journey, first: beginning(simulation) },
        });
  const dispatch = new CallDispatch(simulation, { truth, now: host.now, events });
  const build = createCallBuilder(run);
  const summarise = () => {
    dispatch.finish();
    emit(summaryOf({ simulation, events, dispatch, dryRun: false }));
  };
  const forget = host.onStopSignal(() => dispatch.stop());
  view.begin();
  try {
    const { speed } = target;
    const exit = await sendCalls<DueCall>(
      {
        ...target,
        items: dispatch.due(target.concurrency),
        make: (call) => {
          dispatch.started(call);
          const { json, msgid } = payloadOf(call, run);
          const sent = { what: call.label, events: call.sendings.length, msgid };
          return { call: build(json), sent };
        },
        due: speed === undefined ? undefined : ({ at }) => at / speed,
        ended: (notice, _, call) => {
          dispatch.answered(call, notice.status, notice.reason);
          return call.number;
        },
      },
      context,
      emit,
    );
    summarise();
    return exit;
  } catch (error) {
    // A truth file on a full disk ends the run, and the receiver holds what was sent before.
    if (dispatch.calls > 0) summarise();
    throw error;
  } finally {
    forget();
    view.end();
    truth?.close();
  }
}

function countCalls({ simulation: { plan, journey } }: SimulationRun): number {
  let calls = 0;
  for (const _ of runCalls(plan, createFunnel(journey))) calls += 1;
  return calls;
}

/** Real people, and several calls to another machine, require confirmation. */
async function mayLeave(
  { simulation: { contactsFile }, target: { url, yes } }: SimulationRun,
  calls: number,
  context: CommandContext,
): Promise<boolean> {
  if (yes || calls === 0) return true;
  if (contactsFile === undefined && (calls === 1 || isLoopback(url.hostname))) return true;
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  const { json } = context.global;
  const { host } = url;
  if (!canAsk(context)) {
    throw contactsFile === undefined
      ? problem('needs_yes', { calls, host, json })
      : problem('contacts_need_yes', { file: contactsFile, host, json });
  }
  const about = contactsFile === undefined ? '' : ` about the people of ${contactsFile}`;
  return askYes(`Send ${plural(calls, 'call')}${about} to ${host}?`, context);
}
