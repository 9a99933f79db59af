/** How soon a call comes back whose worker vanished: after one lock and two looks, at most. */
export interface RedisTiming {
  /** How long a worker holds a call without a sign of life, in milliseconds. */
  readonly lock: number;
  /** How often it is looked for calls that nobody holds any more, in milliseconds. */
  readonly look: number;
}

export const defaultTiming: RedisTiming = { lock: 30_000, look: 10_000 };
