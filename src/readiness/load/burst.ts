export interface Burst {
  readonly concurrency: number;
  /** Milliseconds. */
  readonly durationMs: number;
}
