import { computed, effect, signal } from '@preact/signals';
import { ApiFailure, followLive, listCaptures, readStats } from './api-client.js';
import { Feed } from './feed.js';
import {
  changeFilters,
  type FilterName,
  type Filters,
  filterQuery,
  type PageAddress,
  readAddress,
  sameFilters,
  writeAddress,
} from './filters.js';

/** The page's address is the truth about what is listed and opened. */
const address = signal<PageAddress>(readAddress(location.search));

export const filters = computed(() => address.value.filters);
export const openedCall = computed(() => address.value.call);
/** The event of the opened call that was asked for, by its place from 1. */
export const openedEvent = computed(() => address.value.event);

/** The row that the keys act upon, by its key; null: none was chosen yet. */
export const activeRow = signal<string | null>(null);
/** Whether the reader asked that nothing moves. */
export const paused = signal(false);
/** Whether the newest row is in sight. The list says so, and goes there when it is set. */
export const atTop = signal(true);
/** Whether what comes is put on top: not under the eyes of somebody who reads or has chosen a row. */
export const following = computed(() => atTop.value && activeRow.value === null && !paused.value);
/** The dialog that is open. */
export const dialog = signal<'help' | 'send' | 'decode' | 'time' | null>(null);

export const feed = new Feed({
  listCaptures,
  followLive,
  isRefused: (error) => error instanceof ApiFailure && error.code === 'inspector_refused',
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
export function openCall(id: string, event: number | null = null): void {
  if (openedCall.value !== id || openedEvent.value !== event) {
    goTo({ ...address.value, call: id, event }, openedCall.value !== null);
  }
}

export function closeCall(): void {
  if (openedCall.value !== null) goTo({ ...address.value, call: null, event: null }, false);
}

/**
 * Follows what comes, or stops doing so: whoever scrolled, chose a row or paused is taken back to the
 * newest call.
 */
export function toggleFollowing(): void {
  paused.value = following.value;
  if (paused.value) return;
  activeRow.value = null;
  atTop.value = true;
}

/**
 * Lists what the address says, and what it says after each step back and forth. Resolves when the
 * first calls are there.
 */
export function startPage(): Promise<void> {
  const first = feed.ask(filters.value);
  effect(() => feed.follow(following.value));
  watchStats();
  reloadWhenRefused();
  addEventListener('popstate', () => show(readAddress(location.search)));
  addEventListener('online', () => feed.retry());
  return first;
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
    void feed.ask(next.filters);
  }
}

const staleAfter = 15_000;

/** Listeners come and go while nothing else happens: what nobody told lately is asked for. */
function watchStats(): void {
  let told = Date.now();
  feed.stats.subscribe(() => {
    told = Date.now();
  });
  setInterval(async () => {
    const live = feed.connection.value.state === 'live';
    if (!live || document.hidden || Date.now() - told < staleAfter) return;
    try {
      feed.stats.value = await readStats(filterQuery(filters.value));
    } catch {
      // The connection says that the server has gone.
    }
  }, staleAfter);
}

/**
 * An inspector that was started anew does not know this page. A new page is known, and its address
 * says all; but nothing that is being typed is thrown away, and nothing goes in a circle.
 */
function reloadWhenRefused(): void {
  effect(() => {
    if (feed.connection.value.state !== 'refused' || dialog.value !== null) return;
    const reloaded = performance.now() < 5_000;
    if (!reloaded) location.reload();
  });
}
