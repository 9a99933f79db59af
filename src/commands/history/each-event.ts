import type { Capture } from '../../call/call.js';
import { readCallContent } from '../../call/content.js';
import { type EventFilter, filtersNothing, matchesFilter } from '../../payload/event-filter.js';
import { eachEventText } from '../../payload/event-texts.js';

/** Yields the JSON text of each matching event of a capture. */
export function* eachMatchingText(capture: Capture, filter: EventFilter): Generator<string> {
  const all = filtersNothing(filter);
  const reading = readCallContent(capture, all ? 'summary' : 'keys');
  if (reading.kind === 'problem') return;
  const events = all ? undefined : reading.everyEvent()[Symbol.iterator]();
  for (const { text } of eachEventText(reading.text())) {
    const event = events?.next().value;
    if (!event || matchesFilter(event, filter)) yield text;
  }
}
