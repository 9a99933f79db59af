import { maxSortedPanels } from './event-batches.js';
import { type JsonChild, jsonChildren } from './json-children.js';

/** One event's original JSON text. */
export interface EventText {
  readonly panel: string;
  readonly text: string;
}

/**
 * Yields the events in a payload's JSON text, in the order of `summarizeEvents`. The text must be
 * valid JSON.
 */
export function* eachEventText(text: string): Generator<EventText> {
  for (const { key: panel = '', start } of payloadMembers(text)) {
    if (text.charAt(start) !== '[') continue;
    for (const event of jsonChildren(text, start)) {
      yield { panel, text: text.slice(event.start, event.end) };
    }
  }
}

export function eventTexts(text: string): EventText[] {
  return [...eachEventText(text)];
}

/** An object orders its keys, and keeps one of repeated ones, as JSON.parse does. */
export function payloadMembers(text: string): Iterable<JsonChild> {
  const panels: JsonChild[] = [];
  for (const child of jsonChildren(text)) {
    if (panels.length === maxSortedPanels) return jsonChildren(text);
    panels.push(child);
  }
  return Object.values(Object.fromEntries(panels.map((panel) => [panel.key, panel])));
}
