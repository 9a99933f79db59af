/** One of the equal slices of a run. Times in milliseconds. */
export interface TimeSlice {
  /** Its start, relative to the run's beginning. */
  readonly at: number;
  readonly calls: number;
  /** Calls that were not answered 200. */
  readonly not200: number;
  readonly slowest: number;
}

/** The course of a run in a bounded number of slices. */
export interface TimeLine {
  /** Adds a call that was sent `at` milliseconds after the beginning. */
  add(at: number, took: number, good: boolean): void;
  /** Every slice up to the last one with a call. */
  slices(): readonly TimeSlice[];
}

/** As many as a chart can show. */
const maxSlices = 60;

/** `durationMs`: the planned duration; `slices`: the initial content. */
export function createTimeLine(durationMs: number, slices: readonly TimeSlice[] = []): TimeLine {
  const width = Math.max(1, durationMs / maxSlices);
  const parts: TimeSlice[] = [...slices];
  return {
    add(at, took, good) {
      const index = Math.min(maxSlices - 1, Math.max(0, Math.floor(at / width)));
      while (parts.length <= index) {
        parts.push({ at: Math.round(parts.length * width), calls: 0, not200: 0, slowest: 0 });
      }
      const { calls, not200, slowest, at: begins } = parts[index] as TimeSlice;
      parts[index] = {
        at: begins,
        calls: calls + 1,
        not200: not200 + (good ? 0 : 1),
        slowest: Math.round(Math.max(slowest, took) * 100) / 100,
      };
    },
    slices: () => [...parts],
  };
}
