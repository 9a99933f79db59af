import type { EventBuilder } from '../../journeys/build-events.js';
import type { CallRules } from '../../journeys/call-rules.js';
import { type JourneyNode, reactionKinds } from '../../journeys/journey.js';
import type { NodeTally } from '../../journeys/walk-contact.js';
import type {
  DrillNotice,
  FunnelNotice,
  SimulatedNotice,
  SimulationNotice,
} from '../../output/notice.js';
import type { CallDispatch } from './dispatch-calls.js';
import type { Simulation } from './options.js';

export function beginning({ name, plan, start, panel }: Simulation): SimulationNotice {
  return {
    type: 'simulation',
    journey: name,
    seed: plan.seed,
    start: new Date(start).toISOString(),
    panel,
    contacts: plan.contacts,
  };
}

export function summaryOf(run: {
  readonly simulation: Simulation;
  readonly events: EventBuilder;
  readonly dispatch: CallDispatch;
  readonly dryRun: boolean;
}): SimulatedNotice {
  const { simulation, dispatch, dryRun } = run;
  const { journey, panel, rules } = simulation;
  const { funnel, ledger } = dispatch;
  const { sent, repeats, keys } = ledger.totals;
  const { msgids } = run.events;
  return {
    type: 'simulated',
    dryRun,
    contacts: funnel.contacts,
    entered: funnel.entered,
    condition: journey.start.condition,
    funnel: journey.nodes.flatMap((node, index) => {
      const tally = funnel.nodes[index];
      return tally ? [funnelOf(node, tally)] : [];
    }),
    calls: dispatch.calls,
    events: sent,
    repeats,
    stored: keys.stored,
    unconfirmed: keys.unconfirmed,
    panel,
    msgids: [msgids[0] ?? 0, msgids.at(-1) ?? 0],
    assumedTrigger: funnel.triggerEvents > 0,
    drill: rules ? drillOf(rules, simulation, dispatch) : null,
  };
}

function funnelOf(node: JourneyNode, tally: NodeTally): FunnelNotice {
  const { contacts } = tally;
  const { id, type } = node;
  switch (node.type) {
    case 'message': {
      const counts = reactionKinds.flatMap((kind): [string, number][] => {
        const { activity } = node.reactions[kind];
        return activity === undefined ? [] : [[activity, tally.reactions[kind]]];
      });
      const what = node.channel;
      return { node: id, type, what, contacts, counts: Object.fromEntries(counts) };
    }
    case 'wait': {
      const { met, missed } = tally;
      return { node: id, type, what: node.activity, contacts, counts: { met, missed } };
    }
    case 'webhook':
      return { node: id, type, what: node.label, contacts, counts: { events: tally.events } };
  }
}

function drillOf(
  { outage, disableAfter, retries }: CallRules,
  { start }: Simulation,
  { webhooks, ledger }: CallDispatch,
): DrillNotice {
  const clock = (at: number) => new Date(start + at).toISOString();
  const { keys } = ledger.totals;
  return {
    from: outage ? clock(outage.from) : null,
    until: outage ? clock(outage.until) : null,
    disableAfter: disableAfter ?? null,
    retries: retries ? { times: retries.times, every: retries.everyMs } : null,
    disabled: [...(webhooks?.disabled ?? [])].map(([webhook, at]) => ({
      webhook,
      time: clock(at),
    })),
    lost: { outage: keys.outage, disabled: keys.disabled },
    lostWithListener: 0,
  };
}
