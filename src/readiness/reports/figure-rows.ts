import { createHistogram } from '../../call/histogram.js';
import type { Report } from './report.js';

/** The figures of a burst and of a soak, as rows of a table. */
export function figureRows({ load, endurance }: Report): [name: string, value: string][] {
  const rows: [string, string][] = [];
  if (load) {
    const { calls, answered200, atOnce, lasted, rate, p50, p95, p99, max } = load;
    rows.push(
      ['Burst', `${calls} calls, ${atOnce} at a time for ${(lasted / 1000).toFixed(1)} s`],
      ['Burst: answered 200', share(answered200, calls)],
      ['Burst: rate', `${rate} calls a second`],
      ['Burst: p50, p95, p99, longest', [p50, p95, p99, max].map(milliseconds).join(', ')],
    );
  }
  if (endurance) {
    const { calls, planned, answered200, latencies, outageCount } = endurance;
    const times = createHistogram(latencies);
    const figures = [50, 95, 99].map((percent) => times.percentile(percent));
    rows.push(
      ['Soak', `${calls} of ${planned} calls`],
      ['Soak: answered 200', share(answered200, calls)],
      ['Soak: outages', String(outageCount)],
      ['Soak: p50, p95, p99, longest', [...figures, times.max()].map(milliseconds).join(', ')],
    );
  }
  return rows;
}

/** `1439 of 1440 (99.93 %)`: rounded down, so that only all is 100 %. */
function share(good: number, all: number): string {
  const percent = all === 0 ? 0 : Math.floor((good * 10_000) / all) / 100;
  return `${good} of ${all} (${percent} %)`;
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 1000
    ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
    : `${(ms / 1000).toFixed(1)} s`;
}
