import type { Capture } from '../../call/call.js';
import { readCallContent } from '../../call/content.js';
import type { CaptureStory } from '../../call/story.js';
import { type EventFilter, filtersNothing, matchesFilter } from '../../payload/event-filter.js';
import { eachEventText } from '../../payload/event-texts.js';
import { quoteLargeNumbers } from '../../payload/json-numbers.js';
import type { IdentifiedEvent } from '../../payload/payload.js';
import { type EventColumn, eventColumns } from '../../payload/row-fields.js';
import { guarded } from '../../payload/spreadsheet.js';

interface RowFacts {
  readonly capture: Capture;
  readonly story: CaptureStory;
  readonly event: IdentifiedEvent;
  /** From 1, within the capture. */
  readonly number: number;
}

type Cell = string | number | null | undefined;

const columns = {
  key: ({ event }) => (event.weakKey ? '' : event.key),
  panel: ({ event }) => event.panel,
  channel: ({ event }) => event.channel,
  activity: ({ event }) => event.activity,
  msgid: ({ event }) => event.msgid,
  who: ({ event }) => event.who,
  name: ({ event }) => event.name,
  time: ({ event }) => event.time,
  link: ({ event }) => event.link,
  webhook: ({ event }) => event.webhook,
  journey: ({ event }) => event.journey,
  capture: ({ capture, number }) => `${capture.id}.${number}`,
  received: ({ capture }) => new Date(capture.time).toISOString(),
  remote: ({ capture }) => capture.remote,
  status: ({ capture }) => capture.status,
  outcome: ({ story }) => story.outcome,
} as const satisfies Readonly<Record<EventColumn, (facts: RowFacts) => Cell>>;

export const defaultColumns: readonly string[] = eventColumns.filter(
  (name) => name !== 'remote' && name !== 'status' && name !== 'outcome',
);

/** Yields the values of each matching event of a capture. A column may also be a path: `att_params.CITY`. */
export function* eventRows(
  capture: Capture,
  story: CaptureStory,
  chosen: readonly string[],
  filter: EventFilter,
): Generator<string[]> {
  const reading = readCallContent(capture, 'keys');
  if (reading.kind === 'problem') return;
  const readers = chosen.map(readerOf);
  const needsText = readers.some(({ path }) => path !== undefined);
  const texts = needsText ? eachEventText(reading.text()) : undefined;
  const all = filtersNothing(filter);
  let number = 0;
  for (const event of reading.everyEvent()) {
    number += 1;
    const text = texts?.next().value?.text;
    if (!all && !matchesFilter(event, filter)) continue;
    const whole: unknown = text === undefined ? undefined : JSON.parse(quoteLargeNumbers(text));
    const facts = { capture, story, event, number };
    yield readers.map(({ read, path }) => cellText(path ? valueAt(whole, path) : read?.(facts)));
  }
}

export function csvLine(values: readonly string[]): string {
  return `${values.map(csvValue).join(',')}\r\n`;
}

function csvValue(value: string): string {
  const safe = guarded(value);
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

interface ColumnReader {
  readonly read?: (facts: RowFacts) => Cell;
  readonly path?: readonly string[];
}

function readerOf(name: string): ColumnReader {
  const known = eventColumns.find((each) => each === name);
  return known === undefined ? { path: name.split('.') } : { read: columns[known] };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    inner = (inner as Readonly<Record<string, unknown>>)[key];
  }
  return inner;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
