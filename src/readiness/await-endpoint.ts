import { setTimeout as wait } from 'node:timers/promises';
import type { Attempt } from '../call/attempt.js';
import { isSilent } from './judge-answer.js';

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
    if (!isSilent(attempt)) return true;
    if (signal.aborted || performance.now() + pauseMs > end) return false;
    await wait(pauseMs, undefined, { signal }).catch(() => {});
  }
}
