/**
 * The outcome of a capture.
 * - `waiting`: queued, and not tried since then or since a retry was requested.
 * - `failed`: its last try failed and a retry is scheduled. For a capture that was never queued
 * here: its last whole replay was not answered 200.
 * - `delivered`: the handler answered with a status in the 200s; a replay was answered 200.
 * - `dead`: given up.
 * - `skipped`: not selected for forwarding.
 *
 * A capture has no outcome when it was never queued nor replayed, was dropped from the queue, or
 * was handed over to another queue, which knows its outcome.
 */
export const outcomes = ['delivered', 'failed', 'dead', 'waiting', 'skipped'] as const;
export type Outcome = (typeof outcomes)[number];
