import type { EventSummary } from './payload.js';

/** How many events of a call are listed and indexed, and how much space that takes. */
export interface DigestBounds {
  readonly events: number;
  /** In bytes, as the store writes them. */
  readonly bytes: number;
}

/** How many events there are of a channel and an activity, both cut like those of a summary. */
export type KindCount = readonly [channel: string, activity: string, events: number];

/** What is kept of a payload's events, which may be millions. */
export interface Digest {
  /** The first of them, as many as the bounds allow. Texts that are too long are cut. */
  readonly events: readonly EventSummary[];
  /** How many there are. */
  readonly eventCount: number;
  /** Whether `events` are all of them, none of them cut. */
  readonly complete: boolean;
  /** Those that follow `events`, by kind. Undefined when they are of too many kinds. */
  readonly kinds: readonly KindCount[] | undefined;
}

/** A batch of Netcore's is smaller than this, in a body of ten megabytes too. */
const maxEvents = 50_000;
const maxBytes = 8 * 1024 * 1024;

/** What a body of so many bytes, as it was received, may take beside itself. */
export function digestBounds(bodyBytes: number): DigestBounds {
  return { events: maxEvents, bytes: Math.min(maxBytes, 16 * 1024 + bodyBytes * 1.5) };
}

/** Longer texts are cut: channel and activity are kept with each event in an index. */
export const maxNameLength = 200;
const maxTextLength = 1000;
/** What the kinds may take as JSON; more are no help for finding anything. */
const maxKindLength = 4000;

/** Gathers the summaries of a payload's events, within bounds. */
export class EventDigest {
  readonly #bounds: DigestBounds;
  readonly #events: EventSummary[] = [];
  #count = 0;
  /** What the kept events take; while that is sure to be within the bounds, an upper limit of it. */
  #bytes = 0;
  #counted = false;
  /** That of the event before. */
  #panel = '';
  #complete = true;
  /** What follows an event that was left out is left out too. */
  #full = false;
  /** Of the events that were left out: by channel, then by activity. */
  #kinds: Map<string, Map<string, number>> | undefined = new Map();
  #kindLength = 0;

  constructor(bounds: DigestBounds) {
    this.#bounds = bounds;
  }

  add(summary: EventSummary): void {
    this.#count += 1;
    if (!this.#full) {
      const kept = cutSummary(summary, this.#panel);
      this.#panel = kept.panel;
      const bytes = this.#bytesWith(kept);
      if (this.#events.length < this.#bounds.events && bytes <= this.#bounds.bytes) {
        this.#bytes = bytes;
        this.#events.push(kept);
        if (kept !== summary) this.#complete = false;
        return;
      }
      this.#full = true;
      this.#complete = false;
    }
    this.#countKind(summary);
  }

  result(): Digest {
    return {
      events: this.#events,
      eventCount: this.#count,
      complete: this.#complete,
      kinds: this.#kindCounts(),
    };
  }

  #bytesWith(summary: EventSummary): number {
    if (!this.#counted) {
      const atMost = this.#bytes + storedBytes(summary, maxWrittenLength);
      if (atMost <= this.#bounds.bytes) return atMost;
      this.#counted = true;
      this.#bytes = this.#events.reduce((sum, kept) => sum + storedBytes(kept, writtenLength), 0);
    }
    return this.#bytes + storedBytes(summary, writtenLength);
  }

  #countKind(event: EventSummary): void {
    if (!this.#kinds) return;
    const channel = cutName(event.channel);
    const name = cutName(event.activity ?? '');
    let counts = this.#kinds.get(channel);
    if (counts === undefined) {
      counts = new Map();
      this.#kinds.set(channel, counts);
    }
    const before = counts.get(name);
    counts.set(name, (before ?? 0) + 1);
    if (before !== undefined) return;
    this.#kindLength += writtenLength(channel) + writtenLength(name) + 16;
    if (this.#kindLength > maxKindLength) this.#kinds = undefined;
  }

  #kindCounts(): KindCount[] | undefined {
    return (
      this.#kinds &&
      [...this.#kinds].flatMap(([channel, counts]) =>
        [...counts].map(([activity, events]): KindCount => [channel, activity, events]),
      )
    );
  }
}

/**
 * The same summary when nothing in it is too long. Many events of one panel share its name, so a cut one
 * is that of the event before where they agree: a text for each event would take megabytes.
 */
function cutSummary(summary: EventSummary, before: string): EventSummary {
  const { panel, channel, activity, event, msgid, who, name, time } = summary;
  if (
    channel.length <= maxNameLength &&
    (activity === null || activity.length <= maxNameLength) &&
    panel.length <= maxTextLength &&
    !isLong(event) &&
    !isLong(msgid) &&
    !isLong(who) &&
    !isLong(name) &&
    !isLong(time)
  ) {
    return summary;
  }
  const cutPanel = cut(panel, maxTextLength);
  return {
    panel: cutPanel === before ? before : cutPanel,
    channel: cut(channel, maxNameLength),
    activity: cut(activity, maxNameLength),
    event: cut(event, maxTextLength),
    msgid: cut(msgid, maxTextLength),
    who: cut(who, maxTextLength),
    name: cut(name, maxTextLength),
    time: cut(time, maxTextLength),
  };
}

/** A channel or an activity as a summary, an index or a count has it. */
export function cutName(name: string): string {
  return cut(name, maxNameLength);
}

function isLong(text: string | null): boolean {
  return text !== null && text.length > maxTextLength;
}

function cut<T extends string | null>(text: T, max: number): T;
function cut(text: string | null, max: number): string | null {
  if (text === null || text.length <= max) return text;
  // No half of a surrogate pair is left.
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * What a summary takes at most in the store: its values as a JSON list, and a row in the index of
 * events, whose pages are not always full.
 */
function storedBytes(
  { panel, channel, activity, event, msgid, who, name, time }: EventSummary,
  lengthOf: (text: string | null) => number,
): number {
  const kind = lengthOf(channel) + lengthOf(activity);
  const values =
    kind +
    lengthOf(panel) +
    lengthOf(event) +
    lengthOf(msgid) +
    lengthOf(who) +
    lengthOf(name) +
    lengthOf(time);
  return values + 10 + (kind + 24) * 1.6;
}

/** No character of a text takes more than the six bytes of an escape. */
function maxWrittenLength(text: string | null): number {
  return text === null ? 4 : text.length * 6 + 2;
}

/** The length of a value as JSON in UTF-8, quotes included. */
function writtenLength(text: string | null): number {
  if (text === null) return 4;
  let length = text.length + 2;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) length += code > 0x7ff ? 2 : 1;
    else if (code < 0x20) length += 5;
    else if (code === 0x22 || code === 0x5c) length += 1;
  }
  return length;
}
