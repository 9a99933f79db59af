export interface Burst {
  readonly concurrency: number;
  readonly durationMs: number;
}
