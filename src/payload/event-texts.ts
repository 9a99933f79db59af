import { jsonChildren } from './json-children.js';

/** One event as it stands in the payload's JSON: digits, escapes and blanks as they were written. */
export interface EventText {
  readonly panel: string;
  readonly text: string;
}

/**
 * The events in the JSON text of a payload, in the order and choice of `summarizeEvents`. The text
 * must be sound JSON.
 */
export function eventTexts(text: string): EventText[] {
  // An object of our own orders its keys, and keeps one of repeated ones, as JSON.parse does.
  const lists = Object.fromEntries(
    [...jsonChildren(text)].map(({ key = '', start, end }) => [key, text.slice(start, end)]),
  );
  return Object.entries(lists)
    .filter(([, list]) => list.startsWith('['))
    .flatMap(([panel, list]) =>
      [...jsonChildren(list)].map(({ start, end }) => ({ panel, text: list.slice(start, end) })),
    );
}
