import type { Clock } from '../call/clock.js';
import type {
  HandedOverCall,
  ReconcileAnswer,
  ReconcileTurn,
  RemoteOutcome,
  WithdrawnCall,
} from '../call/delivery.js';

/** Another engine's reports on the calls that were handed over to it. */
export interface Reports {
  /** The maximum number of outcomes in one `read`. */
  readonly maxOutcomes: number;
  /** Reads outcomes for the store with this tag, unordered. `lost`: the engine has lost confirmed data. */
  read(tag: string): Promise<{ readonly lost: boolean; readonly reported: readonly Reported[] }>;
  /** Removes outcomes that the store has recorded. */
  forget(tag: string, reported: readonly Reported[]): Promise<void>;
  /**
   * Returns the calls that the engine does not have and whose outcome it does not know. The others are reported to
   * the store with this tag from now on.
   */
  missing(
    tag: string,
    olderTags: readonly string[],
    calls: readonly WithdrawnCall[],
  ): Promise<readonly HandedOverCall[]>;
  /** Removes calls. Resolves to those that are not there now. A worker may hold the others. */
  withdraw(calls: readonly WithdrawnCall[]): Promise<readonly Withdrawn[]>;
}

/** `progress`: its attempts there, if it was there and had any. */
export interface Withdrawn extends WithdrawnCall {
  readonly progress: RemoteOutcome | undefined;
}

/** A reported outcome. Undefined: it is unreadable, and is removed. */
export interface Reported {
  readonly name: string;
  readonly text: string;
  readonly outcome: RemoteOutcome | undefined;
}

interface ReconcilingOptions {
  readonly reports: Reports;
  /** The store's part: see `Recorder`. */
  readonly reconcile: (turn: ReconcileTurn) => Promise<ReconcileAnswer>;
  /** The engine's name in `Destination`. */
  readonly queue: string;
  /** Called with the store's tag, at the start and when it changes. */
  readonly tagged: (tag: string) => void;
  /** Called when calls have ended, so that the engine has free space. */
  readonly ended: () => void;
  /** Called when a search for lost calls starts and ends. Calls handed over meanwhile could overtake them. */
  readonly searchingLost: (isSearching: boolean) => void;
  readonly clock: Clock;
}

interface Reconciling {
  /** Records the outcomes reported by now, within `graceMs`, and stops. */
  close(graceMs: number): Promise<void>;
}

interface Searching {
  readonly kind: 'searching';
  readonly behind: number;
  /** The engine has lost confirmed data. */
  readonly hasLost: boolean;
}

type Search = { readonly kind: 'idle' } | Searching;

const roundEveryMs = 250;
const retryDelayMs = 1_000;
/** All calls that were handed over are searched at the start, after each failure, and this often. */
const searchEveryMs = 60_000;
const maxCalls = 500;

/** Records the outcomes of calls that were handed over, and hands over again what the engine has lost. */
export function startReconciling(options: ReconcilingOptions): Reconciling {
  const { reports, clock } = options;
  const closing = new AbortController();
  let tag: string | undefined;
  let olderTags: readonly string[] = [];
  /** A search proceeds in pages: `behind` is the `seq` of the last call searched. */
  let search: Search = { kind: 'searching', behind: -1, hasLost: false };
  let searchedAt = clock.now();
  let hasFailed = false;

  const turn = turnsOf(options);

  const retag = ({ tag: current, olderTags: older }: ReconcileAnswer): string => {
    olderTags = older;
    if (tag !== current) options.tagged(current);
    tag = current;
    return current;
  };

  /** Resolves to whether another round should follow at once. */
  async function round(): Promise<boolean> {
    const current = tag ?? retag(await turn({}));
    const { lost, reported } = await reports.read(current);
    if (lost || hasFailed) beginSearch(lost);
    hasFailed = false;
    const behind = search.kind === 'searching' ? search.behind : -1;
    const { answer, done } = await record(reported, (outcomes) => turn({ outcomes, behind }));
    await reports.forget(current, done);
    if (done.length > 0) options.ended();
    if (answer.withdrawals.length > 0) {
      const withdrawn = await reports.withdraw(answer.withdrawals);
      if (withdrawn.length > 0) await turn({ withdrawn });
    }
    const isSearching = search.kind === 'searching' && (await searchPage(search, current, answer));
    if (current !== retag(answer)) beginSearch(false);
    else if (clock.now() - searchedAt > searchEveryMs) beginSearch(false);
    return isSearching || (done.length > 0 && reported.length >= reports.maxOutcomes);
  }

  function beginSearch(lost: boolean): void {
    const hadLost = search.kind === 'searching' && search.hasLost;
    search = { kind: 'searching', behind: -1, hasLost: lost || hadLost };
    searchedAt = clock.now();
    if (lost && !hadLost) options.searchingLost(true);
  }

  /** Searches a page of calls. Resolves to whether there may be more. */
  async function searchPage(
    { hasLost }: Searching,
    current: string,
    { handedOver, nextBehind }: ReconcileAnswer,
  ): Promise<boolean> {
    const missing = await reports.missing(current, olderTags, handedOver);
    if (missing.length > 0) await turn({ lost: missing });
    if (nextBehind !== null) {
      search = { kind: 'searching', behind: nextBehind, hasLost };
      return true;
    }
    search = { kind: 'idle' };
    if (hasLost) options.searchingLost(false);
    return false;
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      let more = false;
      try {
        more = await round();
      } catch {
        // The hand-over reports failures of the engine, and the recorder those of the store.
        hasFailed = true;
      }
      if (!more) await clock.wait(hasFailed ? retryDelayMs : roundEveryMs, closing.signal);
    }
  }

  const ended = run();
  return {
    async close(graceMs) {
      closing.abort();
      const lastRound = ended.then(() => round()).catch(() => {});
      await Promise.race([lastRound, clock.wait(graceMs, undefined)]);
    },
  };
}

/** Exchanges with the store of which only some parts are given. */
function turnsOf({ reconcile, queue }: Pick<ReconcilingOptions, 'reconcile' | 'queue'>) {
  return (parts: Partial<ReconcileTurn>) =>
    reconcile({ queue, outcomes: [], lost: [], withdrawn: [], behind: -1, maxCalls, ...parts });
}

/** Lets a store record reported outcomes. `done`: those that the engine may forget. */
async function record(
  reported: readonly Reported[],
  turn: (outcomes: readonly RemoteOutcome[]) => Promise<ReconcileAnswer>,
): Promise<{ readonly answer: ReconcileAnswer; readonly done: readonly Reported[] }> {
  const readable = reported.filter(({ outcome }) => outcome !== undefined);
  const answer = await turn(readable.flatMap(({ outcome }) => outcome ?? []));
  const pending = new Set(answer.pending.map((index) => readable[index]));
  return { answer, done: reported.filter((each) => !pending.has(each)) };
}

/**
 * Returns calls from another engine to the queue of the store from which they were handed over, with their
 * attempts, and records the outcomes of those that have ended. It can be interrupted at any time: a call that was
 * withdrawn and not yet returned counts as lost by the engine. Resolves to the number of calls that a worker of the
 * engine holds.
 */
export async function returnCalls(
  options: Pick<ReconcilingOptions, 'reports' | 'reconcile' | 'queue'> & {
    /** Undefined: calls for every URL. */
    readonly target: string | undefined;
  },
): Promise<number> {
  const { reports, target } = options;
  const turn = turnsOf(options);
  const { tag, olderTags } = await turn({});
  const recordAll = async () => {
    for (;;) {
      const { reported } = await reports.read(tag);
      const { done } = await record(reported, (outcomes) => turn({ outcomes }));
      await reports.forget(tag, done);
      if (done.length === 0) return;
    }
  };
  async function* pages() {
    for (let behind: number | null = -1; behind !== null; ) {
      const { handedOver, nextBehind }: ReconcileAnswer = await turn({ behind });
      yield handedOver.filter(({ to }) => target === undefined || to === target);
      behind = nextBehind;
    }
  }
  await recordAll();
  for await (const calls of pages()) {
    const withdrawn = await reports.withdraw(calls);
    const outcomes = withdrawn.flatMap(({ progress }) => progress ?? []);
    await turn({ outcomes, lost: await reports.missing(tag, olderTags, calls) });
  }
  // Some may have ended meanwhile.
  await recordAll();
  let held = 0;
  for await (const calls of pages()) held += calls.length;
  return held;
}
