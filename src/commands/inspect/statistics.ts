import type { CommandContext } from '../../cli/command.js';
import type { Minute, Stats } from '../../inspector/api.js';
import { anyEvent, type EventFilter } from '../../payload/event-filter.js';
import { type CaptureQuery, everyCapture } from '../../store/capture-query.js';
import type { StoreFiles } from '../../store/folder.js';
import type { History } from '../../store/history.js';
import { findListeners } from '../../store/presence.js';

const minute = 60_000;
/** A minute that ended so long ago is counted once: large bodies are read into the index late. */
const settledAfter = 30_000;
/** Panels are those of so many captures, the newest. */
const lookedAt = 100;
const mostPanels = 100;
export interface Statistics {
  read(query: CaptureQuery, minutes: number): Promise<Stats>;
}

/** Figures of a store that stay cheap however much it holds. */
export function createStatistics(
  history: History,
  files: StoreFiles,
  { host }: CommandContext,
): Statistics {
  let settled = new Map<string, Minute>();
  let panels = new Set<string>();
  let count: { readonly captures: number; readonly version: number } | undefined;

  function countMinute(time: number, filter: EventFilter, now: number): Minute {
    const key = `${time} ${filter.channels} ${filter.activities}`;
    const known = settled.get(key);
    if (known) return known;
    const counted: Minute = {
      time: new Date(time).toISOString(),
      ...history.tally(time, time + minute, filter),
    };
    if (time + minute + settledAfter < now) settled.set(key, counted);
    return counted;
  }

  function seenPanels(): string[] {
    let left = lookedAt;
    const seen = new Set<string>();
    for (const { events } of history.captures(everyCapture, 'newest first')) {
      for (const { panel } of events) if (seen.size < mostPanels) seen.add(panel);
      left -= 1;
      if (left === 0) break;
    }
    // Those seen last come first, and what was seen before is not forgotten at once.
    panels = new Set([...[...seen, ...panels].slice(0, mostPanels)]);
    return [...panels].sort();
  }

  return {
    async read({ events }, minutes) {
      const now = host.now();
      const last = Math.floor(now / minute) * minute;
      // Other filters no index serves.
      const filter = { ...anyEvent, channels: events.channels, activities: events.activities };
      if (settled.size > 10_000) settled = new Map();
      const version = history.version();
      if (count?.version !== version) count = { captures: history.count(), version };
      const kinds = history.kinds();
      const listeners = await findListeners(files.folder, host);
      return {
        captures: count.captures,
        minutes: Array.from({ length: minutes }, (_, at) =>
          countMinute(last - (minutes - 1 - at) * minute, filter, now),
        ),
        seen: {
          panels: seenPanels(),
          channels: [...new Set(kinds.map(([channel]) => channel))],
          activities: [...new Set(kinds.map(([, activity]) => activity))].filter(Boolean),
        },
        listeners: listeners.map(({ url }) => url),
        store: files.folder,
      };
    },
  };
}
