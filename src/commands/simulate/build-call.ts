import type { OutgoingCall } from '../../call/call.js';
import { planCall } from '../../call/plan-call.js';
import type { EventBuilder } from '../../journeys/build-events.js';
import type { RunCall } from '../../journeys/plan-run.js';
import { formBytes } from '../../payload/form-codec.js';
import { readVersion } from '../../version.js';
import type { Simulation, SimulationTarget } from './options.js';

/** What the calls of a run are built from. */
export interface SimulationRun {
  readonly simulation: Simulation;
  readonly events: EventBuilder;
  readonly target: SimulationTarget;
}

/** The payload of a call as JSON, and the msgid of its first event. */
export function payloadOf(
  { sendings }: Pick<RunCall, 'sendings'>,
  { simulation, events }: Pick<SimulationRun, 'simulation' | 'events'>,
): { readonly json: string; readonly msgid: string | null } {
  const list = sendings.map((sending) => events.build(sending));
  const msgid = list[0]?.msgid;
  return {
    json: `{${JSON.stringify(simulation.panel)}:${JSON.stringify(list)}}`,
    msgid: typeof msgid === 'string' ? msgid : null,
  };
}

export function createCallBuilder(run: SimulationRun): (json: string) => OutgoingCall {
  const { url, credentials, headers } = run.target;
  const userAgent = `netcore-hook/${readVersion()}`;
  return (json) => {
    const body = formBytes(json);
    return planCall({ url, body, credentials, headers, userAgent });
  };
}
