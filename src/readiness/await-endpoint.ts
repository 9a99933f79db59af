import { setTimeout as wait } from 'node:timers/promises';
import type { Attempt } from '../call/attempt.js';

export interface WaitOptions {
  /** Milliseconds in total. */
  readonly maxMs: number;
  /** Milliseconds between two tries. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
}

/**
 * Calls until a running server answers. Resolves to whether it did. `call` gets the remaining
 * milliseconds.
 */
export async function awaitEndpoint(
  call: (maxMs: number) => Promise<Attempt>,
  { maxMs, pauseMs, signal }: WaitOptions,
): Promise<boolean> {
  const end = performance.now() + maxMs;
  for (;;) {
    const attempt = await call(Math.max(1, Math.ceil(end - performance.now())));
    if (isUp(attempt)) return true;
    if (signal.aborted || performance.now() + pauseMs > end) return false;
    await wait(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** A proxy answers for a server that is still starting. */
function isUp(attempt: Attempt): boolean {
  return attempt.kind === 'answered' && ![502, 503, 504].includes(attempt.status);
}
