import type { ServerResponse } from 'node:http';
import { everyHeader } from './answers.js';
import type { LiveEvents } from './api.js';
import type { CallFilter, InspectorSource } from './source.js';

/** Milliseconds. */
const timing = {
  /** Between two looks at the record. */
  lookEvery: 250,
  maxRest: 2_000,
  statsEvery: 3_000,
  /** Maximum silence before a heartbeat. */
  heartbeat: 15_000,
  /** How long a reader may stall before it is disconnected. */
  patience: 30_000,
} as const;
/** The pause is this many times as long as the work, to use little of a core. */
const restShare = 40;

/**
 * Sends records as server-sent events until the reader leaves or `stop` is called. Looks up nothing
 * while the reader stalls, so nothing accumulates; missed calls are counted afterwards.
 */
export function serveLive(
  response: ServerResponse,
  source: InspectorSource,
  { filter, minutes }: { readonly filter: CallFilter; readonly minutes: number },
): { readonly stop: () => void } {
  const follower = source.follow(filter);
  let timer: NodeJS.Timeout | undefined;
  let heard = performance.now();
  let statsDue = Number.NEGATIVE_INFINITY;
  let changed = true;

  response.writeHead(200, { ...everyHeader, 'Content-Type': 'text/event-stream' });
  // Confirms the connection at once.
  response.write(': live\n\n');

  const tell = <N extends keyof LiveEvents>(name: N, data: LiveEvents[N]) => {
    heard = performance.now();
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  function tellNews(): void {
    const found = follower.look();
    if (!found) return;
    changed = true;
    const { captures, left, outcomes } = found;
    if (captures.length > 0 || left > 0) tell('captures', { captures, left });
    if (outcomes.length > 0) tell('outcomes', outcomes);
  }

  async function tellStats(): Promise<void> {
    const begun = performance.now();
    if (!changed || begun < statsDue) return;
    changed = false;
    tell('stats', await source.stats(filter, minutes));
    const took = performance.now() - begun;
    statsDue = begun + Math.max(timing.statsEvery, took * restShare);
  }

  async function goOn(): Promise<void> {
    if (!source.isInPlace()) {
      response.end();
      return;
    }
    const begun = performance.now();
    let rest: number = timing.lookEvery;
    if (response.writableNeedDrain) {
      if (begun - heard > timing.patience) response.destroy();
    } else {
      tellNews();
      const took = performance.now() - begun;
      rest = Math.min(Math.max(rest, took * restShare), timing.maxRest);
      await tellStats();
      if (begun - heard > timing.heartbeat) {
        heard = begun;
        response.write(': still here\n\n');
      }
    }
    if (!response.destroyed) timer = setTimeout(step, rest);
  }

  // When the store is missing or broken, the page reconnects and gets the error.
  const step = () => void goOn().catch(() => response.end());
  step();
  response.on('close', () => clearTimeout(timer));
  return { stop: () => response.end() };
}
