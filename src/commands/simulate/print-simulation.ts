import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import { runCalls } from '../../journeys/plan-run.js';
import { createFunnel } from '../../journeys/walk-contact.js';
import { roomToWrite } from '../../output/room-to-write.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { printedCall } from '../../sending/print-call.js';
import { createCallBuilder, payloadOf, type SimulationRun } from './build-call.js';
import type { SimulationTarget } from './options.js';
import type { SimulateNotice } from './view.js';

/** The number of calls after which printing waits for the reader. */
const callsPerTurn = 16;

/** Prints every call, with a payload a line for `ndjson`. */
export async function printSimulation(
  print: NonNullable<SimulationTarget['print']>,
  run: SimulationRun,
  { host }: CommandContext,
  emit: Emit<SimulateNotice>,
): Promise<number> {
  const hasRoom = roomToWrite(host.stdout);
  const build = createCallBuilder(run);
  const { plan, journey } = run.simulation;
  let printed = 0;
  for (const planned of runCalls(plan, createFunnel(journey))) {
    const { json } = payloadOf(planned, run);
    if (print === 'ndjson') emit({ type: 'printed', print, text: json });
    else {
      const { insecure } = run.target;
      const events = planned.sendings.length;
      emit(printedCall(print, { call: build(json), json, events, insecure }));
    }
    printed += 1;
    if (printed % callsPerTurn === 0 && !(await hasRoom())) break;
  }
  return exitCodes.done.code;
}
