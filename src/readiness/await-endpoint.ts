import { setTimeout as wait } from 'node:timers/promises';
import type { Attempt } from '../call/attempt.js';

export interface Patience {
  /** Milliseconds in total. */
  readonly most: number;
  /** Milliseconds between two tries. */
  readonly pause: number;
  readonly signal: AbortSignal;
}

/**
 * Calls until a running server answers. Resolves to whether it did. `call` gets the remaining
 * milliseconds.
 */
export async function awaitEndpoint(
  call: (most: number) => Promise<Attempt>,
  { most, pause, signal }: Patience,
): Promise<boolean> {
  const end = performance.now() + most;
  for (;;) {
    const attempt = await call(Math.max(1, Math.ceil(end - performance.now())));
    if (isUp(attempt)) return true;
    if (signal.aborted || performance.now() + pause > end) return false;
    await wait(pause, undefined, { signal }).catch(() => {});
  }
}

/** A proxy answers for a server that is still starting. */
function isUp(attempt: Attempt): boolean {
  return attempt.kind === 'answered' && ![502, 503, 504].includes(attempt.status);
}
