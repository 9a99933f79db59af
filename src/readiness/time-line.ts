/** What happened in one of the equal parts of a run. Times in milliseconds. */
export interface TimeSlice {
  /** When it begins, after the run's beginning. */
  readonly at: number;
  readonly calls: number;
  /** How many of them were not answered 200. */
  readonly not200: number;
  /** The slowest of them. */
  readonly slowest: number;
}

/** The course of a run in a fixed number of slices, however many calls there are. */
export interface TimeLine {
  /** A call that was sent `at` milliseconds after the beginning, and took so long. */
  add(at: number, took: number, good: boolean): void;
  /** Every slice until the last in which something happened. */
  slices(): readonly TimeSlice[];
}

/** As many as a picture can show. */
const most = 60;

/** `lasts`: how long the run is to last; `slices`: what is known of it already. */
export function createTimeLine(lasts: number, slices: readonly TimeSlice[] = []): TimeLine {
  const width = Math.max(1, lasts / most);
  const parts: TimeSlice[] = [...slices];
  return {
    add(at, took, good) {
      const index = Math.min(most - 1, Math.max(0, Math.floor(at / width)));
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
