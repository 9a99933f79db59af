import { grouped, plural } from '../../amounts.js';
import { cutTo, displayWidth, padTo } from '../../output/columns.js';
import { localMinute, zoneAt } from '../../output/local-time.js';
import type { CountNotice, StatisticsNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import { reachText } from '../reach.js';

const maxNameWidth = 64;
const minBarWidth = 5;
const maxBarWidth = 50;

/** Statistics as a bar chart with a summary line. */
export function statisticsText(notice: StatisticsNotice, style: Style, columns: number): string {
  const counted = countsCalls.has(notice.by) ? 'captures' : 'events';
  const labels = labelsOf(notice);
  const rows = notice.counts.map((count, index) => ({
    name: labels[index] ?? '',
    // A capture without events still counts.
    number: count[counted] || count.captures,
  }));
  const max = Math.max(1, ...rows.map(({ number }) => number));
  const digits = grouped(max).length;
  const widest = Math.min(maxNameWidth, columns - digits - 4 - minBarWidth);
  const names = Math.min(widest, Math.max(0, ...rows.map(({ name }) => displayWidth(name))));
  const room = Math.min(maxBarWidth, columns - names - digits - 4);
  const lines = rows.map(({ name, number }) =>
    [
      padTo(cutTo(name, names), names),
      style.bold(grouped(number).padStart(digits)),
      style.accent(bar((number / max) * room)),
    ]
      .join('  ')
      .trimEnd(),
  );
  return `${[...lines, ...(lines.length > 0 ? [''] : []), total(notice, style), ...reach(notice, style)].join('\n')}\n`;
}

const countsCalls: ReadonlySet<StatisticsNotice['by']> = new Set(['peer', 'hour', 'day']);

/** Labels of hours that occur twice, when summer time ends, also name their offset. */
function labelsOf({ by, counts }: StatisticsNotice): string[] {
  if (by === 'duplicate')
    return counts.map(({ name, event }) => visible(repeatedName(name, event)));
  if (by !== 'hour' && by !== 'day') return counts.map(({ name }) => visible(name));
  const times = counts.map(({ name }) => localMinute(name).slice(0, by === 'day' ? 10 : undefined));
  return times.map((time, index) =>
    time === times[index - 1] || time === times[index + 1]
      ? `${time} ${zoneAt(counts[index]?.name ?? '')}`
      : time,
  );
}

function repeatedName(key: string, event: CountNotice['event']): string {
  if (!event) return key;
  const { channel, activity, who, msgid, time } = event;
  return [`${channel} ${activity ?? '-'}`, who ?? '-', msgid ?? '-', time ?? '']
    .filter(Boolean)
    .join('  ');
}

function total(notice: StatisticsNotice, style: Style): string {
  const { repeats } = notice;
  const found =
    repeats === undefined ? '' : `, ${repeats === 0 ? 'no repeats' : plural(repeats, 'repeat')}`;
  const counts = `${plural(notice.captures, 'capture')}, ${plural(notice.events, 'event')}${found}`;
  if (notice.first === null || notice.last === null) return counts;
  const zone = zoneAt(notice.last);
  const span = `${localMinute(notice.first)} to ${localMinute(notice.last)}, ${zone}`;
  return `${counts}  ${style.faint(span)}`;
}

function reach({ reach: found }: StatisticsNotice, style: Style): string[] {
  if (!found) return [];
  return [style.faint(`The history ${reachText(found, localMinute)}.`)];
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of this width; empty for nothing only. */
function bar(columns: number): string {
  if (columns <= 0) return '';
  const parts = Math.max(1, Math.round(columns * 8));
  return '█'.repeat(parts >> 3) + eighths[parts & 7];
}
