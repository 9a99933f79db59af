import type { EventSummary } from '../payload/payload.js';
import { readJson } from './capture-row.js';
import { storableText } from './storable-text.js';

/** How an event's summary is written into a capture's row: its values in the order of `readEvents`. */
export function writeEvents(events: readonly EventSummary[]): string {
  const rows = events.map(({ channel, activity, panel, event, msgid, who, name, time }) => [
    channel,
    activity,
    panel,
    event,
    msgid,
    who,
    name,
    time,
  ]);
  const text = JSON.stringify(rows);
  // Rare, so that the usual events are written once.
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return JSON.stringify(rows.map((row) => row.map(storableText)));
}

export function readEvents(text: string): EventSummary[] {
  const rows = readJson(text, 'events') as [string, ...(string | null)[]][];
  return rows.map(([channel, activity, panel, event, msgid, who, name, time]) => ({
    channel,
    activity: activity ?? null,
    panel: panel ?? '',
    event: event ?? null,
    msgid: msgid ?? null,
    who: who ?? null,
    name: name ?? null,
    time: time ?? null,
  }));
}
