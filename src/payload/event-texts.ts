import { maxSortedPanels } from './event-batches.js';
import { type JsonChild, jsonChildren } from './json-children.js';

/** One event as it stands in the payload's JSON: digits, escapes and blanks as they were written. */
export interface EventText {
  readonly panel: string;
  readonly text: string;
}

/**
 * The events in the JSON text of a payload one by one, in the order and choice of `summarizeEvents`.
 * The text must be sound JSON.
 */
export function* eachEventText(text: string): Generator<EventText> {
  for (const { key: panel = '', start } of panelsOf(text)) {
    if (text.charAt(start) !== '[') continue;
    for (const event of jsonChildren(text, start)) {
      yield { panel, text: text.slice(event.start, event.end) };
    }
  }
}

/** The same, all of them. */
export function eventTexts(text: string): EventText[] {
  return [...eachEventText(text)];
}

/** An object of our own orders its keys, and keeps one of repeated ones, as JSON.parse does. */
function panelsOf(text: string): Iterable<JsonChild> {
  const panels: JsonChild[] = [];
  for (const child of jsonChildren(text)) {
    if (panels.length === maxSortedPanels) return jsonChildren(text);
    panels.push(child);
  }
  return Object.values(Object.fromEntries(panels.map((panel) => [panel.key, panel])));
}
