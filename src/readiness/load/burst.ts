/** So many calls at a time, for so long. */
export interface Burst {
  readonly atOnce: number;
  /** Milliseconds. */
  readonly lasts: number;
}
