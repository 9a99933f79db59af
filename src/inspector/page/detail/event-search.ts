import type { EventText } from '../../../payload/event-texts.js';

/** The events of a call, prepared for search as users type. */
export interface SearchableEvents {
  /** The indexes of the events that contain every word, from 0 and in order. */
  readonly find: (words: string) => readonly number[];
}

/** Reads the events on the first search, since a batch may take megabytes. */
export function searchableEvents(events: readonly EventText[]): SearchableEvents {
  let texts: readonly string[] | undefined;
  return {
    find: (words) => {
      const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
      const all = events.map((_, index) => index);
      if (wanted.length === 0) return all;
      texts ??= events.map(({ panel, text }) => `${panel} ${readable(text)}`.toLowerCase());
      const searched = texts;
      return all.filter((index) => wanted.every((word) => searched[index]?.includes(word)));
    },
  };
}

/** JSON with its escapes resolved. */
function readable(json: string): string {
  if (!json.includes('\\')) return json;
  return json.replace(/\\u([0-9a-f]{4})|\\(["\\/])/gi, (_, unit?: string, sign?: string) =>
    unit ? String.fromCharCode(Number.parseInt(unit, 16)) : (sign ?? ''),
  );
}
