import type { CommandContext } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { createEventBuilder, type EventBuilder } from '../../journeys/build-events.js';
import { readJourney } from '../../journeys/read-journey.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { journeyNames, journeyText, listSamples } from '../../sample-files.js';
import { CallDispatch } from './dispatch-calls.js';
import { readSimulation, readTarget, type SimulateInput, type Simulation } from './options.js';
import { printSimulation } from './print-simulation.js';
import { sendSimulation } from './send-simulation.js';
import { beginning, summaryOf } from './summary.js';
import { createSimulateView, type SimulateNotice } from './view.js';

/** Sends the calls of a simulated journey, prints them, or counts them. */
export async function runSimulate(input: SimulateInput, context: CommandContext): Promise<number> {
  const { options, words } = input;
  if (options.list) {
    const other = words[0] ?? (options.truth === undefined ? undefined : '--truth');
    if (other !== undefined) {
      throw problem('usage', {
        message: `--list shows the built-in journeys and takes no ${other}.`,
        hint: 'Try: netcore-hook simulate --list',
      });
    }
    return list(reporter<SimulateNotice>(context, (await createSimulateView(context)).show));
  }
  const simulation = await readSimulation(input, context);
  const events = createEventBuilder({
    ...simulation,
    seed: simulation.plan.seed,
    samples: listSamples(),
  });
  if (options.dryRun) {
    const { show } = await createSimulateView(context);
    return dryRun(simulation, events, context, reporter<SimulateNotice>(context, show));
  }
  const warnings: SimulateNotice[] = [];
  const target = await readTarget(input, context, (code, message) =>
    warnings.push({ type: 'warning', code, message }),
  );
  if (target.print !== undefined) {
    const emit = reporter<SimulateNotice>(context, (await createSimulateView(context)).show);
    for (const warning of warnings) emit(warning);
    emit(beginning(simulation));
    return printSimulation(target.print, { simulation, events, target }, context, emit);
  }
  return sendSimulation({ simulation, events, target }, context, warnings);
}

function list(emit: Emit<SimulateNotice>): number {
  for (const name of journeyNames()) {
    const { description, start, nodes } = readJourney(journeyText(name), name, undefined);
    const channels = nodes.flatMap((node) => (node.type === 'message' ? [node.channel] : []));
    emit({
      ...{ type: 'journey', name, description, start: start.condition },
      channels: [...new Set(channels)],
    });
  }
  return exitCodes.done.code;
}

/** Takes every call as answered 200. */
async function dryRun(
  simulation: Simulation,
  events: EventBuilder,
  { host }: CommandContext,
  emit: Emit<SimulateNotice>,
): Promise<number> {
  emit(beginning(simulation));
  const dispatch = new CallDispatch(simulation, { now: host.now });
  for await (const call of dispatch.due(Number.POSITIVE_INFINITY)) {
    dispatch.answered(call, 200, null);
  }
  dispatch.finish();
  emit(summaryOf({ simulation, events, dispatch, dryRun: true }));
  return exitCodes.done.code;
}
