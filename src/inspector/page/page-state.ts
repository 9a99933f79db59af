import { computed, signal } from '@preact/signals';
import { followLive, listCaptures } from './api-client.js';
import { Feed } from './feed.js';
import {
  changeFilters,
  type FilterName,
  type Filters,
  type PageAddress,
  readAddress,
  sameFilters,
  writeAddress,
} from './filters.js';

/** The page's address is the truth about what is listed and opened. */
const address = signal<PageAddress>(readAddress(location.search));

export const filters = computed(() => address.value.filters);
export const openedCall = computed(() => address.value.call);

/** The row that the keys act upon, by its key; null: none was chosen yet. */
export const activeRow = signal<string | null>(null);
/** Whether the reader asked that nothing moves. */
export const paused = signal(false);
/** The dialog that is open. */
export const dialog = signal<'help' | 'send' | 'decode' | 'time' | null>(null);

export const feed = new Feed({
  listCaptures,
  followLive,
  // A page that is not seen gets no frames.
  schedule: (draw) => {
    if (document.hidden) setTimeout(draw, 1000);
    else requestAnimationFrame(draw);
  },
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
});

/** Changes filters; while somebody types, the page's history is not filled with each letter. */
export function filterBy(
  changes: Readonly<Partial<Record<FilterName, string>>>,
  { typing = false } = {},
): void {
  const next = changeFilters(filters.value, changes);
  if (!sameFilters(next, filters.value)) goTo({ ...address.value, filters: next }, typing);
}

export function clearFilters(): void {
  if (!sameFilters({}, filters.value)) goTo({ ...address.value, filters: {} }, false);
}

/** Opens a call. From one opened call to the next is no step back in the page's history. */
export function openCall(id: string): void {
  if (openedCall.value !== id) {
    goTo({ ...address.value, call: id }, openedCall.value !== null);
  }
}

export function closeCall(): void {
  if (openedCall.value !== null) goTo({ ...address.value, call: null }, false);
}

/** Lists what the address says, and what it says after each step back and forth. */
export function startPage(): void {
  feed.ask(filters.value);
  addEventListener('popstate', () => show(readAddress(location.search)));
  addEventListener('online', () => feed.retry());
}

function goTo(next: PageAddress, replace: boolean): void {
  const url = `${location.pathname}${writeAddress(next)}`;
  if (replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  show(next);
}

function show(next: PageAddress): void {
  const before: Filters = filters.value;
  address.value = next;
  if (!sameFilters(before, next.filters)) {
    activeRow.value = null;
    feed.ask(next.filters);
  }
}
