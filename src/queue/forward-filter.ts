import type { Capture } from '../call/call.js';
import {
  type ContentReading,
  inSlices,
  readCallContent,
  readCallContentInSlices,
  takesLongToRead,
} from '../call/content.js';
import type { SkipReason } from '../call/delivery.js';
import { type EventFilter, filtersNothing, matchesFilter } from '../payload/event-filter.js';
import type { QueuedCall } from './queue.js';

/** Selects the recorded calls that are forwarded. */
export interface ForwardFilter {
  /** Also forwards calls without data, and requests other than POST. */
  readonly all: boolean;
  /** A call is forwarded whole if any of its events matches. */
  readonly events: EventFilter;
}

/** Why a call is not forwarded. Undefined: it is forwarded. */
export async function findSkipReason(
  call: QueuedCall,
  filter: ForwardFilter,
): Promise<SkipReason | undefined> {
  const { capture, events } = call;
  const quick = quickReason(capture, filter);
  if (quick !== 'unknown') return quick;
  // The list is complete unless it is empty or undefined.
  if (events !== undefined && events.length > 0) {
    const matches =
      filtersNothing(filter.events) || events.some((event) => matchesFilter(event, filter.events));
    return matches ? undefined : 'filtered';
  }
  const reading = takesLongToRead(capture)
    ? await readCallContentInSlices(capture)
    : readCallContent(capture);
  return inSlices(skipReasonSteps(capture, reading, filter));
}

/** The same for a call whose content was read, in steps. */
export function* skipReasonSteps(
  capture: Capture,
  reading: ContentReading,
  filter: ForwardFilter,
): Generator<undefined, SkipReason | undefined> {
  const quick = quickReason(capture, filter);
  if (quick !== 'unknown') return quick;
  if (!filter.all && !reading.carriesData) return 'no_data';
  if (filtersNothing(filter.events)) return undefined;
  if (reading.kind === 'problem') return isPost(capture) ? 'unreadable' : 'no_post';
  let count = 0;
  for (const event of reading.complete ? reading.events : reading.everyEvent()) {
    if (matchesFilter(event, filter.events)) return undefined;
    count += 1;
    if (count % eventsPerStep === 0) yield;
  }
  return 'filtered';
}

const eventsPerStep = 1000;

/** The reason as far as it follows without the body. */
function quickReason(capture: Capture, filter: ForwardFilter): SkipReason | undefined | 'unknown' {
  if (!filter.all && !isPost(capture)) return 'no_post';
  return filter.all && filtersNothing(filter.events) ? undefined : 'unknown';
}

function isPost({ method, body }: Capture): boolean {
  return method === 'POST' && body.length > 0;
}
