import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import type { EventSummary, Payload } from '../../payload/payload.js';
import { summarizeEvents } from '../../payload/summarize-events.js';

const columns: readonly (readonly [title: string, (event: EventSummary) => string | null])[] = [
  ['time', (event) => event.time],
  ['panel', (event) => event.panel],
  ['channel', (event) => event.channel],
  ['event', (event) => event.event],
  ['who', (event) => event.who],
  ['msgid', (event) => event.msgid],
  ['name', (event) => event.name],
];
const widest = 40;

export function eventTable(json: string, style: Style): string {
  const events = summarizeEvents(JSON.parse(json) as Payload, json);
  if (events.length === 0) return 'no events\n';
  // Empty columns would only take width.
  const shown = columns.filter(([, value]) => events.some((event) => value(event)));
  const rows = events.map((event) => shown.map(([, value]) => cut(value(event) ?? '')));
  const widths = shown.map(([title], index) =>
    rows.reduce((width, row) => Math.max(width, (row[index] ?? '').length), title.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const head = style.faint(line(shown.map(([title]) => title)));
  return `${[head, ...rows.map(line)].join('\n')}\n`;
}

function cut(text: string): string {
  const shown = visible(text);
  return shown.length > widest ? `${shown.slice(0, widest - 1)}…` : shown;
}
