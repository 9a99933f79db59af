/** How much of its memory a queue takes. The rest of the calls wait in the stores of the listeners. */
export interface RedisLimits {
  /** Calls that are to be delivered, of all listeners together. */
  readonly maxCalls: number;
  /** Their size, as the server holds it: a body takes a third more than its length. */
  readonly maxBytes: number;
  /** Dead calls that are kept for `queue retry --dead`; the stores keep all of theirs. */
  readonly maxDeadCalls: number;
  readonly maxDeadBytes: number;
  /**
   * At least this many, and at most twice as many, of the calls that have ended last are remembered:
   * handed over once more, by a copy of the store, they are not delivered again.
   */
  readonly maxEnded: number;
}

export const defaultLimits: RedisLimits = {
  maxCalls: 10_000,
  maxBytes: 64 * 1024 * 1024,
  maxDeadCalls: 1_000,
  maxDeadBytes: 16 * 1024 * 1024,
  maxEnded: 20_000,
};
