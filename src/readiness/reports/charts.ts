import type { HistogramBucket } from '../../call/histogram.js';
import type { TimeSlice } from '../time-line.js';
import { milliseconds } from './figure-rows.js';

const width = 640;
const height = 180;
/** For the labels below and above the bars. */
const margin = 28;

interface Bar {
  readonly share: number;
  readonly bad: number;
  readonly title: string;
}

/** The latency distribution as an SVG with a logarithmic axis. */
export function latencyChart(latencies: readonly HistogramBucket[]): string {
  const first = latencies[0]?.ms ?? 1;
  const last = latencies.at(-1)?.ms ?? 1;
  const columns = 40;
  const low = Math.log(Math.max(first, 0.01));
  const step = Math.max((Math.log(Math.max(last, 0.01)) - low) / columns, 0.01);
  const counts = new Array<number>(columns).fill(0);
  for (const { ms, count } of latencies) {
    const at = Math.min(columns - 1, Math.floor((Math.log(Math.max(ms, 0.01)) - low) / step));
    counts[at] = (counts[at] ?? 0) + count;
  }
  const maxCount = Math.max(1, ...counts);
  const bars = counts.map((count, at): Bar => {
    const ms = Math.exp(low + at * step);
    return {
      share: count / maxCount,
      bad: 0,
      title: `${count} calls of about ${milliseconds(ms)}`,
    };
  });
  return svg(
    'How long calls took',
    bars,
    milliseconds(first),
    milliseconds(last),
    `${maxCount} calls`,
  );
}

/** The time line of a run: height is the slowest call, red marks slices with failed calls. */
export function timeLineChart(slices: readonly TimeSlice[], end: string): string {
  const slowest = Math.max(1, ...slices.map((slice) => slice.slowest));
  // With fewer calls than slices, some are empty.
  const filled = slices.filter(({ calls }) => calls > 0);
  const bars = filled.map(({ calls, not200, slowest: ms }): Bar => {
    const failed = not200 > 0 ? `, ${not200} not answered 200` : '';
    const bad = not200 / calls;
    return {
      share: ms / slowest,
      bad,
      title: `${calls} calls${failed}, slowest ${milliseconds(ms)}`,
    };
  });
  return svg('Slowest call in each part of the run', bars, '0', end, milliseconds(slowest));
}

function svg(
  title: string,
  bars: readonly Bar[],
  left: string,
  right: string,
  top: string,
): string {
  const each = width / Math.max(1, bars.length);
  const full = height - 2 * margin;
  const shapes = bars.map(({ share, bad, title }, at) => {
    // Keeps small values visible.
    const tall = share > 0 ? Math.max(2, share * full) : 0;
    const x = (at * each).toFixed(1);
    const y = (height - margin - tall).toFixed(1);
    const name = bad > 0 ? 'bar bad' : 'bar';
    return `<rect class="${name}" x="${x}" y="${y}" width="${(each * 0.84).toFixed(1)}" height="${tall.toFixed(1)}"><title>${title}</title></rect>`;
  });
  const base = height - margin;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<line class="axis" x1="0" x2="${width}" y1="${base}" y2="${base}"/>
${shapes.join('\n')}
<text x="0" y="18">${top}</text>
<text x="0" y="${height - 6}">${left}</text>
<text x="${width}" y="${height - 6}" text-anchor="end">${right}</text>
</svg>`;
}
