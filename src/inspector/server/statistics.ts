import { type CaptureQuery, everyCapture } from '../../call/capture-query.js';
import type { CommandContext } from '../../cli/command.js';
import { anyEvent, type EventFilter } from '../../payload/event-filter.js';
import type { EventSummary } from '../../payload/payload.js';
import type { StoreFiles } from '../../store/folder.js';
import type { History } from '../../store/history.js';
import { findListeners } from '../../store/presence.js';
import type { Minute, Stats } from '../api.js';

const minute = 60_000;
/**
 * A minute counts as settled this many milliseconds after its end, since large bodies are indexed
 * late.
 */
const settledAfterMs = 10_000;
/** Filters whose minutes are cached. */
const maxRemembered = 20;
/** Maximum number and length of names to choose from. */
const maxNames = 200;
const maxName = 300;
/** Limits on captures and milliseconds for one search for names. */
const maxLookedAt = 100;
const searchMs = 20;

export interface Statistics {
  read(query: CaptureQuery, minutes: number): Promise<Stats>;
}

/** Figures of a store, at a cost independent of its size. */
export function createStatistics(
  history: History,
  files: StoreFiles,
  { host }: CommandContext,
): Statistics {
  /** By filter, then by start time. */
  const settled = new Map<string, Map<number, Minute>>();
  let seen: Stats['seen'] = { panels: [], channels: [], activities: [] };
  let lookedTo: number | undefined;
  let count = { version: Number.NaN, captures: 0 };

  function countMinutes(filter: EventFilter, minutes: number): Minute[] {
    const now = host.now();
    const end = Math.floor(now / minute) * minute + minute;
    const key = JSON.stringify(filter);
    const known = settled.get(key) ?? new Map<number, Minute>();
    settled.delete(key);
    settled.set(key, known);
    for (const old of [...settled.keys()].slice(0, -maxRemembered)) settled.delete(old);
    const times = Array.from({ length: minutes }, (_, at) => end - (minutes - at) * minute);
    for (const time of known.keys()) if (time < (times[0] ?? end)) known.delete(time);
    const from = times.find((time) => !known.has(time)) ?? end;
    const counted = history.tally({ from, lengthMs: minute, count: (end - from) / minute }, filter);
    const fresh = new Map<number, Minute>();
    counted.forEach((tally, at) => {
      const begins = from + at * minute;
      const counted: Minute = { time: new Date(begins).toISOString(), ...tally };
      fresh.set(begins, counted);
      if (begins + minute + settledAfterMs < now) known.set(begins, counted);
    });
    return times.flatMap((time) => known.get(time) ?? fresh.get(time) ?? []);
  }

  /** Names of captures since the last look, in the index, and seen before. */
  function seenNames(): Stats['seen'] {
    const upTo = history.newestSeq();
    const end = performance.now() + searchMs;
    const lately: EventSummary[] = [];
    let left = maxLookedAt;
    const span = lookedTo === undefined ? { upTo } : { after: lookedTo, upTo };
    for (const { events } of history.captures(everyCapture, 'newest first', span)) {
      // One by one: a batch may exceed the maximum number of arguments.
      for (const event of events) lately.push(event);
      left -= 1;
      if (left === 0 || performance.now() > end) break;
    }
    lookedTo = upTo;
    const kinds = history.kinds();
    seen = {
      panels: names([...lately.map(({ panel }) => panel), ...seen.panels]),
      channels: names([
        ...kinds.map(([channel]) => channel),
        ...lately.map(({ channel }) => channel),
        ...seen.channels,
      ]),
      activities: names([
        ...kinds.map(([, activity]) => activity),
        ...lately.map(({ activity }) => activity ?? ''),
        ...seen.activities,
      ]),
    };
    return seen;
  }

  return {
    async read({ events }, minutes) {
      const version = history.version();
      if (count.version !== version) count = { version, captures: history.count() };
      const listeners = await findListeners(files.folder, host);
      // No index serves other filters.
      const { channels, activities } = events;
      return {
        captures: count.captures,
        minutes: countMinutes({ ...anyEvent, channels, activities }, minutes),
        seen: seenNames(),
        listeners: listeners.map(({ url }) => url),
        store: files.folder,
      };
    },
  };
}

/** The first ones take precedence when there are too many. */
function names(all: readonly string[]): string[] {
  const some = [...new Set(all)].filter((name) => name !== '' && name.length <= maxName);
  return some.slice(0, maxNames).sort();
}
