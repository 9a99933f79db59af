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

/** Which of the recorded calls are forwarded. */
export interface ForwardFilter {
  /** Those, too, that carry no data, and those that are no POST. */
  readonly all: boolean;
  /** A call goes whole if any of its events is meant. */
  readonly events: EventFilter;
}

/** Why a call is not forwarded; undefined: it is. */
export async function findSkipReason(
  call: QueuedCall,
  filter: ForwardFilter,
): Promise<SkipReason | undefined> {
  const { capture, events } = call;
  const quick = quickReason(capture, filter);
  if (quick !== 'read it') return quick;
  // They are all there are, or else not known.
  if (events !== undefined && events.length > 0) {
    const isMeant =
      filtersNothing(filter.events) || events.some((event) => matchesFilter(event, filter.events));
    return isMeant ? undefined : 'filtered';
  }
  const reading = takesLongToRead(capture)
    ? await readCallContentInSlices(capture)
    : readCallContent(capture);
  return inSlices(skipReasonSteps(capture, reading, filter));
}

/** The same of a call whose content was read, in steps. */
export function* skipReasonSteps(
  capture: Capture,
  reading: ContentReading,
  filter: ForwardFilter,
): Generator<undefined, SkipReason | undefined> {
  const quick = quickReason(capture, filter);
  if (quick !== 'read it') return quick;
  if (!filter.all && !reading.carriesData) return 'no_data';
  if (filtersNothing(filter.events)) return undefined;
  if (reading.kind === 'problem') return isPost(capture) ? 'unreadable' : 'no_post';
  let count = 0;
  for (const event of reading.complete ? reading.events : reading.everyEvent()) {
    if (matchesFilter(event, filter.events)) return undefined;
    count += 1;
    if (count % stepEvents === 0) yield;
  }
  return 'filtered';
}

/** Looked through in one step. */
const stepEvents = 1000;

/** What is known without looking into the body. */
function quickReason(capture: Capture, filter: ForwardFilter): SkipReason | undefined | 'read it' {
  if (!filter.all && !isPost(capture)) return 'no_post';
  return filter.all && filtersNothing(filter.events) ? undefined : 'read it';
}

function isPost({ method, body }: Capture): boolean {
  return method === 'POST' && body.length > 0;
}
