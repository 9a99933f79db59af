import type { IdentifiedEvent } from './payload.js';

/** Limits for the listed and indexed events of a call. */
export interface DigestBounds {
  readonly events: number;
  /** In bytes, as the store writes them. */
  readonly bytes: number;
}

/** The number of events of a channel and an activity, both cut as in a summary. */
export type KindCount = readonly [channel: string, activity: string, events: number];

/** The stored part of a payload's events, of which there may be millions. */
export interface Digest {
  /** The first events, within the bounds. Long texts are cut. */
  readonly events: readonly IdentifiedEvent[];
  readonly eventCount: number;
  /** Whether `events` holds all of them, uncut. */
  readonly complete: boolean;
  /** The events after `events`, by kind. Undefined when there are too many kinds. */
  readonly kinds: readonly KindCount[] | undefined;
}

/** Netcore's batches stay below this, even in a body of ten megabytes. */
const maxEvents = 50_000;
const maxBytes = 8 * 1024 * 1024;

/** The bounds for a body of this size, as received. */
export function digestBounds(bodyBytes: number): DigestBounds {
  return { events: maxEvents, bytes: Math.min(maxBytes, 16 * 1024 + bodyBytes * 1.5) };
}

/** Channel and activity are indexed with each event, so long ones are cut. */
export const maxNameLength = 200;
const maxTextLength = 1000;
/** Maximum length of the kinds as JSON; more would not help a search. */
const maxKindLength = 4000;

/** Collects the summaries of a payload's events, within bounds. */
export class EventDigest {
  readonly #bounds: DigestBounds;
  readonly #events: IdentifiedEvent[] = [];
  #count = 0;
  /** The size of the kept events; an upper limit while it is far below the bound. */
  #bytes = 0;
  #counted = false;
  /** The panel of the previous event. */
  #panel = '';
  #complete = true;
  /** After one omitted event, all later ones are omitted. */
  #full = false;
  /** Of the omitted events: by channel, then by activity. */
  #kinds: Map<string, Map<string, number>> | undefined = new Map();
  #kindLength = 0;

  constructor(bounds: DigestBounds) {
    this.#bounds = bounds;
  }

  add(summary: IdentifiedEvent): void {
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

  #bytesWith(summary: IdentifiedEvent): number {
    if (!this.#counted) {
      const atMost = this.#bytes + storedBytes(summary, maxWrittenLength);
      if (atMost <= this.#bounds.bytes) return atMost;
      this.#counted = true;
      this.#bytes = this.#events.reduce((sum, kept) => sum + storedBytes(kept, writtenLength), 0);
    }
    return this.#bytes + storedBytes(summary, writtenLength);
  }

  #countKind(event: IdentifiedEvent): void {
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
 * Cuts long texts, or returns the same summary. A cut one does not tell its key. Reuses the previous event's panel name when they
 * agree, since a copy for each event would take megabytes.
 */
function cutSummary(summary: IdentifiedEvent, before: string): IdentifiedEvent {
  const { panel, channel, activity, event, msgid, who, name, time, keyTime, link } = summary;
  if (
    channel.length <= maxNameLength &&
    (activity === null || activity.length <= maxNameLength) &&
    panel.length <= maxTextLength &&
    !isLong(event) &&
    !isLong(msgid) &&
    !isLong(who) &&
    !isLong(name) &&
    !isLong(time) &&
    !isLong(keyTime ?? null) &&
    !isLong(link ?? null)
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
    ...(summary.key && { key: summary.key }),
  };
}

/** Cuts a channel or an activity, as summaries, indexes and counts do. */
export function cutName(name: string): string {
  return cut(name, maxNameLength);
}

function isLong(text: string | null): boolean {
  return text !== null && text.length > maxTextLength;
}

function cut<T extends string | null>(text: T, max: number): T;
function cut(text: string | null, max: number): string | null {
  if (text === null || text.length <= max) return text;
  // Does not split a surrogate pair.
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * Maximum size of a summary in the store: its values as a JSON list, and a row in the index of
 * events, whose pages are not always full.
 */
function storedBytes(
  { panel, channel, activity, event, msgid, who, name, time, keyTime, link }: IdentifiedEvent,
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
    lengthOf(time) +
    lengthOf(keyTime ?? null) +
    lengthOf(link ?? null);
  return values + 10 + (kind + 24) * 1.6;
}

/** An escaped character takes at most six bytes. */
function maxWrittenLength(text: string | null): number {
  return text === null ? 4 : text.length * 6 + 2;
}

/** The length of a value as JSON in UTF-8, including quotes. */
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
