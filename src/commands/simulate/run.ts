import type { CommandContext } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { createEventBuilder, type EventBuilder } from '../../journeys/build-events.js';
import { readJourney } from '../../journeys/read-journey.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { journeyNames, journeyText, listSamples } from '../../sample-files.js';
import { CallDispatch } from './dispatch-calls.js';
import { likeHistory } from './like-history.js';
import { readSimulation, readTarget, type SimulateInput, type Simulation } from './options.js';
import { printSimulation } from './print-simulation.js';
import { sendSimulation } from './send-simulation.js';
import { beginning, summaryOf } from './summary.js';
import { createSimulateView, type SimulateNotice } from './view.js';

/** Sends the calls of a simulated journey, prints them, or counts them. */
export async function runSimulate(input: SimulateInput, context: CommandContext): Promise<number> {
  const { options, words } = input;
  const emit = reporter<SimulateNotice>(context, (await createSimulateView(context)).show);
  if (options.list) {
    if (words[0] !== undefined) {
      throw problem('usage', {
        message: `--list shows the built-in journeys, and "${words[0]}" has no effect.`,
        hint: 'Try: netcore-hook simulate --list',
      });
    }
    return list(emit);
  }
  const like = options.likeHistory ? await likeHistory(input, context) : undefined;
  const simulation = await readSimulation(like?.input ?? input, context);
  const events = createEventBuilder({
    ...simulation,
    seed: simulation.plan.seed,
    samples: listSamples(),
  });
  if (like) emit(like.notice);
  if (options.dryRun) {
    emit(beginning(simulation));
    return dryRun(simulation, events, context, emit);
  }
  const warnings: SimulateNotice[] = [];
  const target = await readTarget(input, context, (code, message) =>
    warnings.push({ type: 'warning', code, message }),
  );
  emit(beginning(simulation));
  for (const warning of warnings) emit(warning);
  const run = { simulation, events, target };
  return target.print === undefined
    ? sendSimulation(run, context)
    : printSimulation(target.print, run, context, emit);
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
  const dispatch = new CallDispatch(simulation, { now: host.now, events });
  for await (const call of dispatch.due(Number.POSITIVE_INFINITY)) {
    dispatch.started(call);
    dispatch.answered(call, 200, null);
  }
  dispatch.finish();
  emit(summaryOf({ simulation, events, dispatch, dryRun: true }));
  return exitCodes.done.code;
}
