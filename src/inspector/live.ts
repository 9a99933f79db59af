import type { ServerResponse } from 'node:http';
import { everyHeader } from './answers.js';
import type { LiveEvents } from './api.js';
import type { CallFilter, InspectorSource } from './source.js';

const timing = {
  /** Between two looks at the record. */
  lookEveryMs: 250,
  maxPauseMs: 2_000,
  statsEveryMs: 3_000,
  /** Maximum silence before a heartbeat. */
  heartbeatMs: 15_000,
  /** How long a reader may stall before it is disconnected. */
  maxStallMs: 30_000,
} as const;
/** The pause is this many times as long as the work, to use little of a core. */
const pauseFactor = 40;

interface LiveRequest {
  readonly filter: CallFilter;
  readonly minutes: number;
  /** A position to continue from. */
  readonly from: string | undefined;
}

/**
 * Sends records as server-sent events until the reader leaves or `stop` is called. Looks up nothing
 * while the reader stalls, so nothing accumulates; missed calls are counted afterwards.
 */
export function serveLive(
  response: ServerResponse,
  source: InspectorSource,
  { filter, minutes, from }: LiveRequest,
): { readonly stop: () => void } {
  const follower = source.follow(filter, from);
  let timer: NodeJS.Timeout | undefined;
  let lastWrite = performance.now();
  let statsDue = Number.NEGATIVE_INFINITY;
  let changed = true;

  response.writeHead(200, { ...everyHeader, 'Content-Type': 'text/event-stream' });
  const sendEvent = <N extends keyof LiveEvents>(name: N, data: LiveEvents[N]) => {
    lastWrite = performance.now();
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  sendEvent('start', { position: follower.position });

  function sendNews(): void {
    const found = follower.poll();
    if (!found) return;
    changed = true;
    const { captures, left, outcomes } = found;
    if (captures.length > 0 || left > 0) {
      sendEvent('captures', { captures, left, position: follower.position });
    }
    if (outcomes.length > 0) sendEvent('outcomes', outcomes);
  }

  async function sendStats(): Promise<void> {
    const begun = performance.now();
    if (!changed || begun < statsDue) return;
    changed = false;
    sendEvent('stats', await source.stats(filter, minutes));
    const took = performance.now() - begun;
    statsDue = begun + Math.max(timing.statsEveryMs, took * pauseFactor);
  }

  async function goOn(): Promise<void> {
    if (!source.isInPlace()) {
      response.end();
      return;
    }
    const begun = performance.now();
    let pause: number = timing.lookEveryMs;
    if (response.writableNeedDrain) {
      if (begun - lastWrite > timing.maxStallMs) response.destroy();
    } else {
      sendNews();
      const took = performance.now() - begun;
      pause = Math.min(Math.max(pause, took * pauseFactor), timing.maxPauseMs);
      await sendStats();
      if (begun - lastWrite > timing.heartbeatMs) {
        lastWrite = begun;
        response.write(': still here\n\n');
      }
    }
    if (!response.destroyed) timer = setTimeout(step, pause);
  }

  // When the store is missing or broken, the page reconnects and gets the error.
  const step = () => void goOn().catch(() => response.end());
  step();
  response.on('close', () => clearTimeout(timer));
  return { stop: () => response.end() };
}
