import type { Capture } from '../../call/call.js';
import {
  type ContentReading,
  inSlices,
  readCallContent,
  readCallContentInSlices,
  takesLongToRead,
} from '../../call/content.js';
import { type Digest, digestBounds, EventDigest } from '../../payload/event-digest.js';
import { type EventFilter, filtersNothing, matchesFilter } from '../../payload/event-filter.js';
import { atOnce } from '../../payload/read-call.js';

/** What a call says, and those of its events that are shown. */
export interface ShownContent {
  readonly reading: ContentReading;
  readonly shown: Pick<Digest, 'events' | 'eventCount'>;
}

/** Bodies that wait to be read, together in bytes; beyond that one is read at once. */
const maxWaitingBytes = 64 * 1024 * 1024;

/**
 * Reads what calls say on the thread that answers them: small ones at once, large ones one after the
 * other and in slices, so that other calls are answered between.
 */
export class ContentReader {
  readonly #filter: EventFilter;
  readonly #failed: (error: unknown) => void;
  #waitingBytes = 0;
  #lastRead: Promise<void> = Promise.resolve();

  constructor(filter: EventFilter, failed: (error: unknown) => void) {
    this.#filter = filter;
    this.#failed = failed;
  }

  read(capture: Capture, tell: (content: ShownContent) => void): void {
    const bytes = capture.body.length;
    if (!takesLongToRead(capture) || this.#waitingBytes + bytes > maxWaitingBytes) {
      const reading = readCallContent(capture);
      const shown = atOnce(shownSteps(reading, bytes, this.#filter));
      tell({ reading, shown });
      return;
    }
    this.#waitingBytes += bytes;
    const read = async () => {
      const reading = await readCallContentInSlices(capture);
      const shown = await inSlices(shownSteps(reading, bytes, this.#filter));
      this.#waitingBytes -= bytes;
      tell({ reading, shown });
    };
    this.#lastRead = this.#lastRead.then(read).catch(this.#failed);
  }

  /** Resolves when every call was read that came until now. */
  caughtUp(): Promise<void> {
    return this.#lastRead;
  }
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
