import { cutTo, displayWidth, padTo, type Screen } from '../../output/columns.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import type { EventSummary, Payload } from '../../payload/payload.js';
import { summarizeEvents } from '../../payload/summarize-events.js';

const columns: readonly (readonly [title: string, (event: EventSummary) => string | null])[] = [
  ['panel time', (event) => event.time],
  ['panel', (event) => event.panel],
  ['channel', (event) => event.channel],
  ['event', (event) => event.event],
  ['who', (event) => event.who],
  ['msgid', (event) => event.msgid],
  ['name', (event) => event.name],
];
const maxWidth = 40;
const indent = '  ';

/** A row for each event; with many columns on a narrow terminal, a row takes several lines. */
export function eventTable(json: string, style: Style, screen: Screen): string {
  const events = summarizeEvents(JSON.parse(json) as Payload, json);
  if (events.length === 0) return 'no events\n';
  // Empty columns would only take width.
  const shown = columns.filter(([, value]) => events.some((event) => value(event)));
  const room = (screen.isTTY && screen.columns) || Number.POSITIVE_INFINITY;
  const widest = Math.min(maxWidth, room - indent.length);
  const rows = events.map((event) =>
    shown.map(([, value]) => cutTo(visible(value(event) ?? ''), widest)),
  );
  const widths = shown.map(([title], index) =>
    Math.max(title.length, ...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]) => {
    const lines: string[] = [];
    let current = '';
    let taken = 0;
    for (const [index, width] of widths.entries()) {
      if (taken > indent.length && taken + width > room) {
        lines.push(current.trimEnd());
        current = indent;
        taken = indent.length;
      }
      current += `${padTo(cells[index] ?? '', width)}  `;
      taken += width + 2;
    }
    return [...lines, current.trimEnd()].join('\n');
  };
  const head = style.faint(line(shown.map(([title]) => title)));
  return `${[head, ...rows.map(line)].join('\n')}\n`;
}
