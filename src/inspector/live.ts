import type { ServerResponse } from 'node:http';
import { everyHeader } from './answers.js';
import type { LiveEvents } from './api.js';
import type { CallFilter, InspectorSource } from './source.js';

/** Milliseconds. */
const liveTiming = {
  /** Between two looks at the record. */
  lookEvery: 250,
  /** After a look as many times its own length passes, so that looking takes little of a core. */
  restShare: 20,
  statsEvery: 3_000,
  /** How long nothing is said before a sign of life. */
  heartbeat: 15_000,
  /** How long a reader may take nothing before it is dropped. */
  patience: 30_000,
} as const;

/**
 * Tells what is recorded as server-sent events until the reader goes away or `stop` is called. While
 * the reader takes nothing, nothing is looked up: what it has missed is counted afterwards, and
 * nothing piles up here.
 */
export function serveLive(
  response: ServerResponse,
  source: InspectorSource,
  { filter, minutes }: { readonly filter: CallFilter; readonly minutes: number },
): { readonly stop: () => void } {
  const { lookEvery, restShare, statsEvery, heartbeat, patience } = liveTiming;
  const follower = source.follow(filter);
  let timer: NodeJS.Timeout | undefined;
  let heard = performance.now();
  let statsAt = Number.NEGATIVE_INFINITY;
  let changed = true;

  response.writeHead(200, { ...everyHeader, 'Content-Type': 'text/event-stream' });
  // Tells the page at once that it is connected.
  response.write(': live\n\n');

  const tell = <N extends keyof LiveEvents>(name: N, data: LiveEvents[N]) => {
    heard = performance.now();
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  const look = async () => {
    const begun = performance.now();
    if (response.writableNeedDrain) {
      if (begun - heard > patience) response.destroy();
      return begun;
    }
    const found = follower.look();
    if (found) {
      changed = true;
      const { captures, left, outcomes } = found;
      if (captures.length > 0 || left > 0) tell('captures', { captures, left });
      if (outcomes.length > 0) tell('outcomes', outcomes);
    }
    if (changed && begun - statsAt >= statsEvery) {
      changed = false;
      statsAt = begun;
      tell('stats', await source.stats(filter, minutes));
    }
    if (begun - heard > heartbeat) {
      heard = begun;
      response.write(': still here\n\n');
    }
    return begun;
  };

  const goOn = () => {
    look().then(
      (begun) => {
        if (response.destroyed) return;
        const rest = (performance.now() - begun) * restShare;
        timer = setTimeout(goOn, Math.max(lookEvery, rest));
      },
      // The store is gone, or broken: the page asks again, and is told why.
      () => response.end(),
    );
  };
  goOn();
  response.on('close', () => clearTimeout(timer));
  return { stop: () => response.end() };
}
