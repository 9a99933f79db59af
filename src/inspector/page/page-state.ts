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

/** The page's URL is the source of truth for filters and the opened call. */
const address = signal<PageAddress>(readAddress(location.search));

export const filters = computed(() => address.value.filters);
export const openedCall = computed(() => address.value.call);
/** The position of the requested event in the opened call, from 1. */
export const openedEvent = computed(() => address.value.event);

/** The key of the row that the keys act upon; null without one. */
export const activeRow = signal<string | null>(null);
/** Whether the reader paused updates. */
export const paused = signal(false);
/** Whether the newest row is visible. The list updates it, and scrolls there when it is set. */
export const atTop = signal(true);
/**
 * Whether new calls are added at the top: not while somebody reads, has selected a row or paused.
 */
export const following = computed(() => atTop.value && activeRow.value === null && !paused.value);
export const dialog = signal<'help' | 'send' | 'decode' | 'time' | null>(null);

export const feed = new Feed({
  listCaptures,
  followLive,
  isRefused: (error) => error instanceof ApiFailure && error.code === 'inspector_refused',
  isRejected: (error) => error instanceof ApiFailure && error.status < 500,
  // A hidden page gets no frames.
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

/** Changes filters; while typing, replaces the browser history's entry instead of adding one. */
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

/** Opens a call. Switching between calls adds no entry to the browser history. */
export function openCall(id: string, event: number | null = null): void {
  if (openedCall.value !== id || openedEvent.value !== event) {
    goTo({ ...address.value, call: id, event }, openedCall.value !== null);
  }
}

export function closeCall(): void {
  if (openedCall.value !== null) goTo({ ...address.value, call: null, event: null }, false);
}

/**
 * Toggles following. Turning it on returns a reader who scrolled, selected a row or paused to the
 * newest call.
 */
export function toggleFollowing(): void {
  paused.value = following.value;
  if (paused.value) return;
  activeRow.value = null;
  atTop.value = true;
}

/** Lists the calls of the URL, also after navigation. Resolves when the first ones are loaded. */
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

const staleAfterMs = 15_000;

/** Polls when no statistics arrive, since listeners start and stop without other events. */
function watchStats(): void {
  let updatedAt = Date.now();
  feed.stats.subscribe(() => {
    updatedAt = Date.now();
  });
  setInterval(async () => {
    const live = feed.connection.value.state === 'live';
    if (!live || document.hidden || Date.now() - updatedAt < staleAfterMs) return;
    try {
      feed.stats.value = await readStats(filterQuery(filters.value));
    } catch {
      // The connection state shows that the server is unreachable.
    }
  }, staleAfterMs);
}

/**
 * A restarted inspector does not know this page, so reload it; the URL preserves its state. Waits
 * for open dialogs, and does not loop.
 */
function reloadWhenRefused(): void {
  effect(() => {
    if (feed.connection.value.state !== 'refused' || dialog.value !== null) return;
    const reloaded = performance.now() < 5_000;
    if (!reloaded) location.reload();
  });
}
