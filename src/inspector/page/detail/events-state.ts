import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type EventText, eventTexts } from '../../../payload/event-texts.js';
import type { EventSummary } from '../../../payload/payload.js';
import { searchableEvents } from './event-search.js';

/** Events of large calls and of pastes have no key. */
type ShownSummary = EventSummary & { readonly key?: string };

/** The events of a call and the opened one. Survives switching tabs. */
export interface EventsState {
  readonly texts: readonly EventText[];
  readonly summaries: readonly ShownSummary[];
  readonly words: ReadonlySignal<string>;
  /** The indexes of the listed events, from 0. */
  readonly found: ReadonlySignal<readonly number[]>;
  /** The index of the opened event, from 0. */
  readonly opened: ReadonlySignal<number>;
  open(index: number): void;
  /** Moves through the listed events. */
  go(steps: number): void;
  search(words: string): void;
}

export function createEventsState(
  payload: string,
  summaries: readonly ShownSummary[],
): EventsState {
  const texts = eventTexts(payload);
  const { find } = searchableEvents(texts);
  const words = signal('');
  const opened = signal(0);
  const found = computed(() => find(words.value));
  return {
    texts,
    summaries,
    words,
    found,
    opened,
    open(index) {
      opened.value = index;
    },
    go(steps) {
      const here = found.value.indexOf(opened.value);
      const last = found.value.length - 1;
      const next = found.value[Math.max(0, Math.min(here + steps, last))];
      if (next !== undefined) opened.value = next;
    },
    search(typed) {
      words.value = typed;
      const [first] = found.value;
      if (first !== undefined && !found.value.includes(opened.value)) opened.value = first;
    },
  };
}
