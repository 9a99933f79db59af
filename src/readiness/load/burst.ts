export interface Burst {
  readonly atOnce: number;
  /** Milliseconds. */
  readonly lasts: number;
}
