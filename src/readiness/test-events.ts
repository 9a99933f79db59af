import type { JsonObject } from '../payload/build/json.js';
import {
  type PayloadOptions,
  type PayloadSource,
  planPayloads,
} from '../payload/build/plan-payloads.js';
import { seededRandom } from '../payload/build/random.js';
import { wallClockOf } from '../payload/build/wall-clock.js';

/** Events of invented people with the current time, each with its own id. */
export interface TestEvents {
  readonly panel: string;
  /** Events of all channels and activities in turn. */
  take(count: number): readonly JsonObject[];
  /** The first event of the sample of this name, like `email open`. */
  of(name: string): JsonObject;
  /** The same of several contacts of one message. */
  several(name: string, count: number): readonly JsonObject[];
}

export interface TestEventsPlan {
  readonly catalogue: readonly PayloadSource[];
  readonly panel: string;
  readonly now: () => number;
}

export function createTestEvents({ catalogue, panel, now }: TestEventsPlan): TestEvents {
  const clockAt = wallClockOf('the zone', 'Asia/Kolkata');
  const random = seededRandom(now());
  const take = (sources: readonly PayloadSource[], batch: number): readonly JsonObject[] => {
    const fresh: PayloadOptions['fresh'] = { now, clockAt, random };
    const { json } = planPayloads(sources, { edits: [], batch, panel, fresh }).build(0);
    const payload: Readonly<Record<string, readonly JsonObject[]>> = JSON.parse(json);
    return payload[panel] ?? [];
  };
  const several = (wanted: string, count: number) =>
    take(
      catalogue.filter(({ name }) => name === wanted),
      count,
    );
  return {
    panel,
    take: (count) => take(catalogue, count),
    of: (wanted) => several(wanted, 1)[0] ?? {},
    several,
  };
}
