import { createEventBuilder } from '../../src/journeys/build-events.js';
import type { Journey } from '../../src/journeys/journey.js';
import type { MessageChannel } from '../../src/journeys/journey-schema.js';
import { type RunCall, type RunPlan, runCalls } from '../../src/journeys/plan-run.js';
import { readJourney } from '../../src/journeys/read-journey.js';
import type { Sending } from '../../src/journeys/sending-heap.js';
import { createFunnel } from '../../src/journeys/walk-contact.js';
import { inventContact } from '../../src/payload/build/contacts.js';
import { wallClockOf } from '../../src/payload/build/wall-clock.js';
import { journeyText, listSamples } from '../../src/sample-files.js';

export const hourMs = 3_600_000;
export const start = Date.UTC(2026, 10, 24, 4, 30);

export function builtIn(name: string, channel?: MessageChannel): Journey {
  return readJourney(journeyText(name), name, channel);
}

export function planOf(journey: Journey, changes: Partial<RunPlan> = {}): RunPlan {
  return {
    journey,
    seed: 1,
    contacts: 60,
    overMs: 24 * hourMs,
    batchEveryMs: 5000,
    batchMax: 100,
    duplicates: 0,
    late: 0,
    isMember: () => undefined,
    canReach: () => true,
    ...changes,
  };
}

/** The event as receivers read it. */
interface BuiltEvent {
  readonly channel: string;
  readonly event?: string;
  readonly msgid: string;
  readonly webhook_name: string;
  readonly journey_name?: string;
  readonly event_params: Readonly<Record<string, string | number>>;
  readonly att_params?: Readonly<Record<string, string>>;
  readonly udt_params?: Readonly<Record<string, string>>;
  readonly custom_params: Readonly<Record<string, string>>;
}

export interface Simulated {
  readonly calls: readonly RunCall[];
  readonly events: readonly { readonly sending: Sending; readonly event: BuiltEvent }[];
  readonly funnel: ReturnType<typeof createFunnel>;
}

/** Everything that a run sends, with its events built. */
export function simulate(plan: RunPlan): Simulated {
  const funnel = createFunnel(plan.journey);
  const calls = [...runCalls(plan, funnel)];
  const builder = createEventBuilder({
    journey: plan.journey,
    seed: plan.seed,
    start,
    clock: wallClockOf('--tz', 'Asia/Kolkata'),
    contactOf: inventContact,
    isInvented: true,
    samples: listSamples(),
  });
  const events = calls.flatMap(({ sendings }) =>
    sendings.map((sending) => {
      const event: BuiltEvent = JSON.parse(JSON.stringify(builder.build(sending)));
      return { sending, event };
    }),
  );
  return { calls, events, funnel };
}
