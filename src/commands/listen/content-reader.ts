import type { Capture } from '../../call/call.js';
import {
  type ContentReading,
  inSlices,
  readCallContent,
  readCallContentInSlices,
  takesLongToRead,
} from '../../call/content.js';
import type { SkipReason } from '../../call/delivery.js';
import { type Digest, digestBounds, EventDigest } from '../../payload/event-digest.js';
import { type EventFilter, filtersNothing, matchesFilter } from '../../payload/event-filter.js';
import type { EventDetail } from '../../payload/payload.js';
import { atOnce } from '../../payload/read-call.js';
import { type ForwardFilter, skipReasonSteps } from '../../queue/forward-filter.js';

/** The reading of a call, its shown events, and why it is not forwarded. */
export interface ShownContent {
  readonly reading: ContentReading;
  readonly shown: Pick<Digest, 'events' | 'eventCount'>;
  readonly skipped: SkipReason | undefined;
}

/** Filters for shown events, and for the calls of each handler. */
export interface ContentFilters {
  readonly shown: EventFilter;
  readonly forwarded: readonly ForwardFilter[];
  /** What the shown events need. */
  readonly detail: EventDetail;
}

/** Limits pending bodies, in bytes; above it, a body is read at once. */
const maxWaitingBytes = 64 * 1024 * 1024;

/**
 * Reads calls on the thread that answers them: small ones at once, large ones in slices and one
 * after the other, so that other calls are answered in between.
 */
export class ContentReader {
  readonly #filters: ContentFilters;
  readonly #failed: (error: unknown) => void;
  #waitingBytes = 0;
  #lastRead: Promise<void> = Promise.resolve();

  constructor(filters: ContentFilters, failed: (error: unknown) => void) {
    this.#filters = filters;
    this.#failed = failed;
  }

  read(capture: Capture, show: (content: ShownContent) => void): void {
    const bytes = capture.body.length;
    if (!takesLongToRead(capture) || this.#waitingBytes + bytes > maxWaitingBytes) {
      show(
        atOnce(
          contentSteps(capture, readCallContent(capture, this.#filters.detail), this.#filters),
        ),
      );
      return;
    }
    this.#waitingBytes += bytes;
    const read = async () => {
      const reading = await readCallContentInSlices(capture, this.#filters.detail);
      const content = await inSlices(contentSteps(capture, reading, this.#filters));
      this.#waitingBytes -= bytes;
      show(content);
    };
    this.#lastRead = this.#lastRead.then(read).catch(this.#failed);
  }

  /** Resolves when every call received so far has been read. */
  caughtUp(): Promise<void> {
    return this.#lastRead;
  }
}

function* contentSteps(
  capture: Capture,
  reading: ContentReading,
  { shown, forwarded }: ContentFilters,
): Generator<undefined, ShownContent> {
  return {
    reading,
    shown: yield* shownSteps(reading, capture.body.length, shown),
    skipped: yield* skippedByAll(capture, reading, forwarded),
  };
}

/** Why the first handler does not get it, unless another one does. */
function* skippedByAll(
  capture: Capture,
  reading: ContentReading,
  filters: readonly ForwardFilter[],
): Generator<undefined, SkipReason | undefined> {
  let first: SkipReason | undefined;
  for (const filter of filters) {
    const reason = yield* skipReasonSteps(capture, reading, filter);
    if (reason === undefined) return undefined;
    first ??= reason;
  }
  return first;
}

function* shownSteps(
  reading: ContentReading,
  bytes: number,
  filter: EventFilter,
): Generator<undefined, ShownContent['shown']> {
  if (reading.kind === 'problem') return { events: [], eventCount: 0 };
  if (filtersNothing(filter)) return reading;
  const digest = new EventDigest(digestBounds(bytes));
  let count = 0;
  for (const event of reading.complete ? reading.events : reading.everyEvent()) {
    if (matchesFilter(event, filter)) digest.add(event);
    count += 1;
    if (count % 1000 === 0) yield;
  }
  return digest.result();
}
