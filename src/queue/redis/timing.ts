/** How soon a call comes back whose worker vanished: after both together, at most. */
export interface RedisTiming {
  /** How long a worker holds a call without a sign of life, in milliseconds. */
  readonly lock: number;
  /** How often it is looked for calls that nobody holds any more, in milliseconds. */
  readonly look: number;
}

/** What is kept of calls that are at their end, of the delivered ones and of the dead ones each. */
export interface RedisRetention {
  readonly calls: number;
  /** In milliseconds. */
  readonly age: number;
}

export const usualTiming: RedisTiming = { lock: 30_000, look: 10_000 };
export const usualRetention: RedisRetention = { calls: 100_000, age: 30 * 24 * 60 * 60 * 1000 };
