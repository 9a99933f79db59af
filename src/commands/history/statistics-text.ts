import { grouped, plural } from '../../amounts.js';
import type { CountNotice, StatisticsNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import { reachText } from '../reach.js';

const maxNameWidth = 48;
const maxBarWidth = 50;

/** Statistics as a bar chart with a summary line. */
export function statisticsText(notice: StatisticsNotice, style: Style, columns: number): string {
  // Peers and hours count calls; channels and panels count events.
  const counted = notice.by === 'peer' || notice.by === 'hour' ? 'captures' : 'events';
  const rows = notice.counts.map((count) => ({
    name: label(count, notice.by),
    // A capture without events still counts.
    number: count[counted] || count.captures,
  }));
  const max = Math.max(1, ...rows.map(({ number }) => number));
  const names = Math.min(maxNameWidth, Math.max(0, ...rows.map(({ name }) => name.length)));
  const digits = grouped(max).length;
  const room = Math.min(maxBarWidth, columns - names - digits - 4);
  const lines = rows.map(({ name, number }) =>
    [
      name.padEnd(names),
      style.bold(grouped(number).padStart(digits)),
      style.accent(bar((number / max) * room)),
    ]
      .join('  ')
      .trimEnd(),
  );
  return `${[...lines, ...(lines.length > 0 ? [''] : []), total(notice, style), ...reach(notice, style)].join('\n')}\n`;
}

function label({ name }: CountNotice, by: StatisticsNotice['by']): string {
  const text = by === 'hour' ? localHour(name) : visible(name);
  return text.length > maxNameWidth ? `${text.slice(0, maxNameWidth - 1)}…` : text;
}

function total(notice: StatisticsNotice, style: Style): string {
  const counts = `${plural(notice.captures, 'capture')}, ${plural(notice.events, 'event')}`;
  if (notice.first === null || notice.last === null) return counts;
  const span = `${localMinute(notice.first)} to ${localMinute(notice.last)}`;
  return `${counts}  ${style.faint(span)}`;
}

function reach({ reach: found }: StatisticsNotice, style: Style): string[] {
  if (!found) return [];
  return [style.faint(`The history ${reachText(found, localMinute)}.`)];
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of this width; never empty. */
function bar(columns: number): string {
  const parts = Math.max(1, Math.round(columns * 8));
  return '█'.repeat(parts >> 3) + eighths[parts & 7];
}

/** `2026-11-23 14:00` in local time. */
function localHour(iso: string): string {
  return `${localMinute(iso).slice(0, 13)}:00`;
}

function localMinute(iso: string): string {
  const time = new Date(iso);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
