/**
 * What became of a capture.
 *
 * - `waiting`: queued, and not tried since then, or since it was asked to be tried again.
 * - `failed`: its last try failed, and it will be tried again. Of a capture that no queue here had:
 *   it was not answered 200 when it was last replayed whole.
 * - `delivered`: the handler took it, with a status in the 200s; of a replay: it was answered 200.
 * - `dead`: given up.
 * - `skipped`: not one of those to be forwarded.
 *
 * A capture that was never queued nor replayed has none, nor has one that was dropped from the queue,
 * or handed over to a queue elsewhere: what became of it is known there.
 */
export const outcomes = ['delivered', 'failed', 'dead', 'waiting', 'skipped'] as const;
export type Outcome = (typeof outcomes)[number];
