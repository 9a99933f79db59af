import { batch, signal } from '@preact/signals';
import type { Outcome } from '../../call/outcome.js';
import type { CapturePage, LiveEvents, Stats } from '../api.js';
import {
  addNewer,
  addOlder,
  type CallList,
  emptyList,
  holdMore,
  maxListedCalls,
  nothingHeld,
  setOutcomes,
} from './call-list.js';
import { eventFilterOf, type Filters, filterQuery } from './filters.js';
import { trimCall } from './trim-call.js';

/** The source of calls: the server, or a test's replacement. */
export interface FeedSource {
  listCaptures(query: URLSearchParams, signal: AbortSignal): Promise<CapturePage>;
  followLive(
    query: URLSearchParams,
    handlers: { readonly [Name in keyof LiveEvents]: (data: LiveEvents[Name]) => void },
    signal: AbortSignal,
  ): Promise<void>;
  /** Whether the server restarted and does not know this page. */
  isRefused(error: unknown): boolean;
  /** Whether the server rejects what is asked, such as a wrong filter: asking again is in vain. */
  isRejected(error: unknown): boolean;
  /** Calls back on the next frame. */
  schedule(draw: () => void): void;
  /** Resolves after the delay, or at once when the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export type Connection =
  | { readonly state: 'connecting' | 'live' | 'refused' | 'rejected' }
  /** The server has disconnected; the next try is in this many milliseconds. */
  | { readonly state: 'waiting'; readonly milliseconds: number };

/** The loading state at the end of the list. */
export type Progress =
  | { readonly state: 'idle' | 'end' | 'full' }
  /** Loading; a search has `lookedTo`. */
  | { readonly state: 'looking' | 'stopped'; readonly lookedTo: string | null }
  | { readonly state: 'failed'; readonly message: string; readonly hint: string };

const firstPage = 60;
const laterPage = 200;
const maxWait = 15_000;

/** The listed calls: recorded and live ones. */
export class Feed {
  readonly list = signal<CallList>(emptyList);
  readonly held = signal(nothingHeld);
  readonly stats = signal<Stats | null>(null);
  readonly connection = signal<Connection>({ state: 'connecting' });
  readonly progress = signal<Progress>({ state: 'looking', lookedTo: null });
  /** Whether the list still shows the previous filters. */
  readonly stale = signal(false);
  /** Calls that arrived too fast to show since the reader last scrolled back. */
  readonly missed = signal(0);
  /** Live calls since the page was opened. */
  readonly arrived = signal(0);

  readonly #source: FeedSource;
  #filters: Filters = {};
  #asked = new AbortController();
  #held = nothingHeld;
  #outcomes = new Map<string, Outcome | null>();
  #following = true;
  #scheduled = false;
  #loaded = false;
  /** The list holds what lies below the first position, the live calls are those from it on. */
  #position: string | undefined;
  #search: AbortController | undefined;
  #waiting: AbortController | undefined;

  constructor(source: FeedSource) {
    this.#source = source;
  }

  /** Lists the calls that match these filters; resolves when the first ones are loaded. */
  ask(filters: Filters): Promise<void> {
    this.#asked.abort();
    this.#asked = new AbortController();
    this.#filters = filters;
    this.#held = nothingHeld;
    this.#loaded = false;
    this.#position = undefined;
    batch(() => {
      this.held.value = nothingHeld;
      this.missed.value = 0;
      this.stale.value = true;
      this.progress.value = { state: 'looking', lookedTo: null };
    });
    const { signal } = this.#asked;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve());
      void this.#follow(signal, resolve);
    });
  }

  stop(): void {
    this.#asked.abort();
  }

  /** Whether new calls are added at once, or held until the reader returns. */
  follow(following: boolean): void {
    this.#following = following;
    if (following && this.#held.count > 0) this.#draw();
  }

  /** Adds held calls even when the reader does not follow. */
  release(): void {
    if (this.#loaded) this.#releaseHeld();
  }

  /** Loads older calls, unless it is already loading or at the end. */
  loadOlder(): void {
    const { older, calls } = this.list.value;
    const { state } = this.progress.value;
    if (!older || this.stale.value || state === 'looking') return;
    if (calls.length >= maxListedCalls) this.progress.value = { state: 'full' };
    else void this.#look(older, laterPage, { asked: this.#asked.signal });
  }

  /** Ends a running search. */
  stopLooking(): void {
    this.#search?.abort();
  }

  /** Retries at once after a failure. */
  retry(): void {
    this.#waiting?.abort();
    if (this.progress.value.state === 'failed') void this.ask(this.#filters);
  }

  /** Lists what lies below a cursor; `anew` replaces the list. */
  async #look(
    cursor: string,
    goal: number,
    { asked, anew = false }: { readonly asked: AbortSignal; readonly anew?: boolean },
  ): Promise<void> {
    const search = new AbortController();
    this.#search = search;
    const signal = AbortSignal.any([asked, search.signal]);
    const { progress } = this;
    let lookedTo = progressTime(progress.value);
    progress.value = { state: 'looking', lookedTo };
    let from = cursor;
    let first = anew;
    try {
      for (let found = 0; ; ) {
        const page = this.#read(await this.#source.listCaptures(this.#query(from, goal), signal));
        if (asked.aborted) return;
        if (!first && this.list.value.older !== from) {
          progress.value = { state: 'idle' };
          return;
        }
        found += page.calls.length;
        lookedTo = page.lookedTo ?? lookedTo;
        const enough = found >= goal / 2;
        const next = addOlder(first ? emptyList : this.list.value, page);
        batch(() => {
          if (first) {
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
        first = false;
      }
    } catch (error) {
      if (asked.aborted) return;
      // The next connection lists them, since a server that does not answer follows nothing either.
      if (first && isUnanswered(error)) this.#position = undefined;
      progress.value = search.signal.aborted
        ? { state: 'stopped', lookedTo }
        : { state: 'failed', ...wordsOf(error) };
      if (first) this.stale.value = false;
    }
  }

  async #follow(signal: AbortSignal, listed: () => void): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      let met = false;
      const meet = () => {
        if (met) return;
        met = true;
        failures = 0;
        this.connection.value = { state: 'live' };
      };
      const query = filterQuery(this.#filters);
      if (this.#position !== undefined) query.set('from', this.#position);
      try {
        await this.#source.followLive(
          query,
          {
            start: ({ position }) => {
              meet();
              const before = this.#position;
              this.#position = position;
              if (before === undefined) {
                void this.#look(position, firstPage, { asked: signal, anew: true }).then(listed);
              } else if (before !== position) void this.ask(this.#filters);
            },
            captures: ({ captures, left, position }) => {
              this.#position = position;
              const filter = eventFilterOf(this.#filters);
              this.#hold(
                captures.map((call) => trimCall(call, filter)),
                left,
              );
              this.arrived.value += captures.length + left;
              if (this.#following) this.missed.value += left;
            },
            outcomes: (outcomes) => {
              for (const { id, outcome } of outcomes) this.#outcomes.set(id, outcome);
              this.#draw();
            },
            stats: (stats) => {
              this.stats.value = stats;
            },
          },
          signal,
        );
      } catch (error) {
        if (signal.aborted) return;
        if (this.#source.isRefused(error)) {
          this.connection.value = { state: 'refused' };
          return;
        }
        if (!this.#loaded) this.#fail(error);
        listed();
        if (this.#source.isRejected(error)) {
          this.connection.value = { state: 'rejected' };
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

  #hold(calls: CallList['calls'], left: number): void {
    this.#held = holdMore(this.#held, calls, left);
    this.#draw();
  }

  #fail(error: unknown): void {
    batch(() => {
      this.list.value = emptyList;
      this.stale.value = false;
      this.progress.value = { state: 'failed', ...wordsOf(error) };
    });
  }

  /** Updates once per frame, however many messages arrived. */
  #draw(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#source.schedule(() => {
      this.#scheduled = false;
      batch(() => {
        if (this.#loaded && this.#following) this.#releaseHeld();
        else this.held.value = this.#held;
        // Live outcomes are newer than those read meanwhile.
        if (this.#loaded) this.#setOutcomes();
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

  #query(cursor: string, limit: number): URLSearchParams {
    const query = filterQuery(this.#filters);
    query.set('limit', String(limit));
    query.set('cursor', cursor);
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

/** A fetch without an answer throws a TypeError with a browser-specific message. */
function isUnanswered(error: unknown): boolean {
  return error instanceof TypeError;
}
