import { batch, signal } from '@preact/signals';
import type { Outcome } from '../../call/outcome.js';
import type { CapturePage, ListedCall, LiveEvents, Stats } from '../api.js';
import {
  addNewer,
  addOlder,
  type CallList,
  emptyList,
  type HeldCalls,
  holdMore,
  maxListedCalls,
  newerOf,
  nothingHeld,
  setOutcomes,
} from './call-list.js';
import { eventFilterOf, type Filters, filterQuery } from './filters.js';
import { trimCall } from './trim-call.js';

/** Where the feed gets its calls from: the server, or what a test puts in its place. */
export interface FeedSource {
  listCaptures(query: URLSearchParams, signal: AbortSignal): Promise<CapturePage>;
  followLive(
    query: URLSearchParams,
    handlers: { readonly [Name in keyof LiveEvents]: (data: LiveEvents[Name]) => void },
    signal: AbortSignal,
  ): Promise<void>;
  /** Whether the server does not know this page, because it was started anew. */
  isRefused(error: unknown): boolean;
  /** Calls back when there is time to draw. */
  schedule(draw: () => void): void;
  /** Resolves after so many milliseconds, at once when the signal says stop. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export type Connection =
  | { readonly state: 'connecting' | 'live' | 'refused' }
  /** The server has gone; it is asked again in so many milliseconds. */
  | { readonly state: 'waiting'; readonly milliseconds: number };

/** How far the list has come at its lower end. */
export type Progress =
  | { readonly state: 'idle' | 'end' | 'full' }
  /** Looking; a search says how far back it has looked. */
  | { readonly state: 'looking' | 'stopped'; readonly lookedTo: string | null }
  | { readonly state: 'failed'; readonly message: string; readonly hint: string };

const firstPage = 60;
const laterPage = 200;
const maxWait = 15_000;

/** The calls that the page lists: what is recorded, and what comes. */
export class Feed {
  readonly list = signal<CallList>(emptyList);
  readonly held = signal(nothingHeld);
  readonly stats = signal<Stats | null>(null);
  readonly connection = signal<Connection>({ state: 'connecting' });
  readonly progress = signal<Progress>({ state: 'looking', lookedTo: null });
  /** Whether what is listed is still that of the filters before. */
  readonly stale = signal(false);
  /** How many calls came too fast to be shown since the reader last scrolled back. */
  readonly missed = signal(0);
  /** How many calls came live since the page was opened. */
  readonly came = signal(0);

  readonly #source: FeedSource;
  #filters: Filters = {};
  #asked = new AbortController();
  #held = nothingHeld;
  #outcomes = new Map<string, Outcome | null>();
  #following = true;
  #scheduled = false;
  #loaded = false;
  /** Whether what came while there was no connection is known: nothing goes on top before it. */
  #caughtUp = true;
  /** Whether the list failed because nobody answered: then it is asked again by itself. */
  #unanswered = false;
  #search: AbortController | undefined;
  #waiting: AbortController | undefined;

  constructor(source: FeedSource) {
    this.#source = source;
  }

  /** Lists the calls of these filters from now on; resolves when the first of them are there. */
  ask(filters: Filters): Promise<void> {
    this.#asked.abort();
    this.#asked = new AbortController();
    this.#filters = filters;
    this.#held = nothingHeld;
    this.#loaded = false;
    this.#caughtUp = true;
    this.#unanswered = false;
    batch(() => {
      this.held.value = nothingHeld;
      this.missed.value = 0;
      this.stale.value = true;
      this.progress.value = { state: 'looking', lookedTo: null };
    });
    const { signal } = this.#asked;
    const first = this.#look(null, firstPage, signal);
    void this.#follow(signal, first);
    return first;
  }

  stop(): void {
    this.#asked.abort();
  }

  /** Whether what comes is put on top at once, or held until the reader comes back. */
  follow(following: boolean): void {
    this.#following = following;
    if (following && this.#held.count > 0) this.#draw();
  }

  /** Puts what is held on top, although the reader does not follow. */
  release(): void {
    if (this.#loaded) this.#releaseHeld();
  }

  /** Fetches older calls, unless it does so already or there are none. */
  loadOlder(): void {
    const { older, calls } = this.list.value;
    const { state } = this.progress.value;
    if (!older || this.stale.value || state === 'looking') return;
    if (calls.length >= maxListedCalls) this.progress.value = { state: 'full' };
    else void this.#look(older, laterPage, this.#asked.signal);
  }

  /** Ends a search that goes on looking. */
  stopLooking(): void {
    this.#search?.abort();
  }

  /** Begins again at once, after something failed. */
  retry(): void {
    this.#waiting?.abort();
    if (this.progress.value.state === 'failed') void this.ask(this.#filters);
  }

  async #look(older: string | null, goal: number, asked: AbortSignal): Promise<void> {
    const search = new AbortController();
    this.#search = search;
    const signal = AbortSignal.any([asked, search.signal]);
    const { progress } = this;
    let lookedTo = progressTime(progress.value);
    progress.value = { state: 'looking', lookedTo };
    let from = older;
    try {
      for (let found = 0; ; ) {
        const page = this.#read(await this.#source.listCaptures(this.#query(from, goal), signal));
        if (asked.aborted) return;
        if (from !== null && this.list.value.older !== from) {
          progress.value = { state: 'idle' };
          return;
        }
        found += page.calls.length;
        lookedTo = page.lookedTo ?? lookedTo;
        const enough = found >= goal / 2;
        const next = addOlder(from === null ? emptyList : this.list.value, page);
        batch(() => {
          if (from === null) {
            this.stale.value = false;
            this.#loaded = true;
          }
          this.list.value = next;
          if (next.older === null) progress.value = { state: 'end' };
          else if (enough) progress.value = { state: 'idle' };
          else progress.value = { state: 'looking', lookedTo };
        });
        if (this.#held.count > 0) this.#draw();
        if (next.older === null || enough) return;
        from = next.older;
      }
    } catch (error) {
      if (asked.aborted) return;
      this.#unanswered = isUnanswered(error);
      progress.value = search.signal.aborted
        ? { state: 'stopped', lookedTo }
        : { state: 'failed', ...wordsOf(error) };
      if (from === null) this.stale.value = false;
    }
  }

  async #follow(signal: AbortSignal, first: Promise<void>): Promise<void> {
    const query = filterQuery(this.#filters);
    for (let failures = 0; !signal.aborted; failures += 1) {
      let met = false;
      const meet = () => {
        if (met) return;
        met = true;
        failures = 0;
        this.#caughtUp = false;
        this.connection.value = { state: 'live' };
        void first.then(() => this.#catchUp(signal));
      };
      try {
        await this.#source.followLive(
          query,
          {
            captures: ({ captures, left }) => {
              meet();
              const filter = eventFilterOf(this.#filters);
              this.#hold(
                captures.map((call) => trimCall(call, filter)),
                left,
              );
              this.came.value += captures.length + left;
              if (this.#following) this.missed.value += left;
            },
            outcomes: (outcomes) => {
              meet();
              for (const { id, outcome } of outcomes) this.#outcomes.set(id, outcome);
              this.#draw();
            },
            stats: (stats) => {
              meet();
              this.stats.value = stats;
            },
          },
          signal,
        );
      } catch (error) {
        // The list says what is wrong with what was asked; a connection is tried again.
        if (!signal.aborted && this.#source.isRefused(error)) {
          this.connection.value = { state: 'refused' };
          return;
        }
      }
      if (signal.aborted) return;
      const milliseconds = Math.min(500 * 2 ** failures, maxWait);
      this.connection.value = { state: 'waiting', milliseconds };
      this.#waiting = new AbortController();
      await this.#source.wait(milliseconds, AbortSignal.any([signal, this.#waiting.signal]));
    }
  }

  /** What came before the connection was there, or while there was none, and what became of the rest. */
  async #catchUp(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (!this.#loaded) {
      this.#caughtUp = true;
      if (this.#unanswered) void this.ask(this.#filters);
      return;
    }
    try {
      const { calls, gap } = await this.#newer(signal);
      // What is held begins the list anew, and the rest is found by scrolling back.
      if (!this.#held.gap && (calls.length > 0 || gap)) this.#hold(calls, 0, gap);
    } catch {
      // Calls between those that came live and the list may be missing.
      if (!signal.aborted && this.#held.count > 0) this.#held = { ...this.#held, gap: true };
    } finally {
      if (!signal.aborted) {
        this.#caughtUp = true;
        this.#draw();
      }
    }
  }

  /** What is newer than the list, looked for down to where it begins or until there are many. */
  async #newer(signal: AbortSignal): Promise<Pick<HeldCalls, 'calls' | 'gap'>> {
    const calls: ListedCall[] = [];
    for (let from: string | null = null; ; ) {
      const page = await this.#source.listCaptures(this.#query(from, firstPage), signal);
      signal.throwIfAborted();
      for (const { id, outcome } of page.captures) {
        if (!this.#outcomes.has(id)) this.#outcomes.set(id, outcome);
      }
      const newer = newerOf(this.list.value, this.#read(page));
      calls.push(...newer.calls);
      if (!newer.gap || calls.length >= firstPage) return { calls, gap: newer.gap };
      from = page.next;
    }
  }

  #hold(calls: CallList['calls'], left: number, gap = false): void {
    this.#held = holdMore(this.#held, calls, left);
    if (gap) this.#held = { ...this.#held, gap };
    this.#draw();
  }

  /** Draws what came once a frame, however many messages told of it. */
  #draw(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#source.schedule(() => {
      this.#scheduled = false;
      batch(() => {
        if (this.#loaded && this.#caughtUp && this.#following) this.#releaseHeld();
        else this.held.value = this.#held;
        // What is told live is newer than what is read meanwhile.
        if (this.#caughtUp) this.#setOutcomes();
      });
    });
  }

  #releaseHeld(): void {
    const held = this.#held;
    this.#held = nothingHeld;
    batch(() => {
      this.held.value = nothingHeld;
      const list = addNewer(this.list.value, held);
      if (list.older !== this.list.value.older) this.progress.value = { state: 'idle' };
      this.list.value = list;
    });
  }

  #setOutcomes(): void {
    if (this.#outcomes.size === 0) return;
    const outcomes = this.#outcomes;
    this.#outcomes = new Map();
    const set = <T extends { readonly calls: CallList['calls'] }>(list: T): T => {
      const calls = setOutcomes(list.calls, outcomes);
      return calls === list.calls ? list : { ...list, calls };
    };
    this.list.value = set(this.list.value);
    this.#held = set(this.#held);
    this.held.value = this.#following ? nothingHeld : this.#held;
  }

  #query(older: string | null, limit: number): URLSearchParams {
    const query = filterQuery(this.#filters);
    query.set('limit', String(limit));
    if (older !== null) query.set('cursor', older);
    return query;
  }

  #read(page: CapturePage) {
    const filter = eventFilterOf(this.#filters);
    return {
      calls: page.captures.map((call) => trimCall(call, filter)),
      next: page.next,
      lookedTo: page.lookedTo,
    };
  }
}

function progressTime(progress: Progress): string | null {
  return 'lookedTo' in progress ? progress.lookedTo : null;
}

function wordsOf(error: unknown): { readonly message: string; readonly hint: string } {
  if (!(error instanceof Error)) return { message: 'The calls could not be read.', hint: '' };
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : '';
  if (isUnanswered(error)) return { message: 'The inspector does not answer.', hint };
  return { message: error.message, hint };
}

/** A fetch without an answer throws a TypeError, in the browser's own words. */
function isUnanswered(error: unknown): boolean {
  return error instanceof TypeError;
}
