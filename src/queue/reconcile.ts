import type { Clock } from '../call/clock.js';
import type {
  HandedOverCall,
  ReconcileAnswer,
  ReconcileTurn,
  RemoteOutcome,
  WithdrawnCall,
} from '../call/delivery.js';

/** What another engine knows of the calls that were handed over to it. */
export interface Reports {
  /** How many outcomes are read at a time. */
  readonly maxOutcomes: number;
  /**
   * Reads outcomes of the store with this tag, in no order. `lost`: the engine has lost something that
   * it had confirmed before.
   */
  read(tag: string): Promise<{ readonly lost: boolean; readonly reported: readonly Reported[] }>;
  /** These were kept: they need not be reported again. */
  forget(tag: string, reported: readonly Reported[]): Promise<void>;
  /**
   * Which of these calls the engine does not have, nor knows what became of them. What it knows is
   * reported from now on to the store with this tag.
   */
  missing(
    tag: string,
    olderTags: readonly string[],
    calls: readonly WithdrawnCall[],
  ): Promise<readonly HandedOverCall[]>;
  /** Takes calls out. Resolves to those that are not there now: a worker may have the others. */
  withdraw(calls: readonly WithdrawnCall[]): Promise<readonly WithdrawnCall[]>;
}

/** An outcome as it is reported; undefined: it cannot be read, and is forgotten. */
export interface Reported {
  readonly name: string;
  readonly text: string;
  readonly outcome: RemoteOutcome | undefined;
}

export interface ReconcilingOptions {
  readonly reports: Reports;
  /** The side of the store: see `Recorder`. */
  readonly keep: (turn: ReconcileTurn) => Promise<ReconcileAnswer>;
  /** The engine, as `Destination` names it. */
  readonly queue: string;
  /** The store has this tag, at the start or from now on. */
  readonly tagged: (tag: string) => void;
  /** Calls have come to their end there: there is room for others. */
  readonly ended: () => void;
  /**
   * Calls that were lost are being looked for: nothing is to be handed over meanwhile that could overtake
   * them.
   */
  readonly searching: (lost: boolean) => void;
  readonly clock: Clock;
}

export interface Reconciling {
  /** Keeps what has been reported by now, within so many milliseconds, and ends. */
  close(maxMs: number): Promise<void>;
}

/** How often it asks what has become of the calls, and how long it waits after a failure. */
const roundEveryMs = 250;
const pauseMs = 1_000;
/** All calls that were handed over are looked for at the start, after each failure, and this often. */
const searchEveryMs = 60_000;
const maxCalls = 500;

/**
 * Keeps a store in step with the engine that its calls are handed over to: what became of them is
 * written down here, and what the engine has lost is handed over again.
 */
export function startReconciling(options: ReconcilingOptions): Reconciling {
  const { reports, keep, queue, clock } = options;
  const closing = new AbortController();
  let tag: string | undefined;
  let olderTags: readonly string[] = [];
  /** The place up to which calls were looked for; undefined: none are. */
  let searched: number | undefined = -1;
  let searchedAt = clock.now();
  let losing = false;
  let failed = false;

  const turn = (parts: Partial<ReconcileTurn>) =>
    keep({ queue, outcomes: [], lost: [], withdrawn: [], behind: -1, maxCalls, ...parts });

  const retag = ({ tag: current, olderTags: older }: ReconcileAnswer): string => {
    olderTags = older;
    if (tag !== current) options.tagged(current);
    tag = current;
    return current;
  };

  /** Resolves to whether there is more to do at once. */
  async function round(): Promise<boolean> {
    const current = tag ?? retag(await turn({}));
    const { lost, reported } = await reports.read(current);
    if (lost || failed) beginSearch(lost);
    failed = false;
    const readable = reported.filter(({ outcome }) => outcome !== undefined);
    const outcomes = readable.flatMap(({ outcome }) => outcome ?? []);
    const answer = await turn({ outcomes, behind: searched ?? -1 });
    const pending = new Set(answer.pending.map((index) => readable[index]));
    const done = reported.filter((each) => !pending.has(each));
    await reports.forget(current, done);
    if (done.length > 0) options.ended();
    if (answer.withdrawals.length > 0) {
      const withdrawn = await reports.withdraw(answer.withdrawals);
      if (withdrawn.length > 0) await turn({ withdrawn });
    }
    const searching = searched !== undefined && (await search(current, answer.handedOver));
    if (current !== retag(answer)) beginSearch(false);
    else if (clock.now() - searchedAt > searchEveryMs) beginSearch(false);
    return searching || (done.length > 0 && reported.length >= reports.maxOutcomes);
  }

  function beginSearch(lost: boolean): void {
    searched = -1;
    searchedAt = clock.now();
    if (!lost || losing) return;
    losing = true;
    options.searching(true);
  }

  /** Looks for a page of calls. Resolves to whether there may be more. */
  async function search(current: string, calls: ReconcileAnswer['handedOver']): Promise<boolean> {
    const missing = await reports.missing(current, olderTags, calls);
    if (missing.length > 0) await turn({ lost: missing });
    searched = calls.at(-1)?.place;
    if (calls.length === maxCalls) return true;
    searched = undefined;
    if (losing) options.searching(false);
    losing = false;
    return false;
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      let more = false;
      try {
        more = await round();
      } catch {
        // Whoever hands over says what is wrong with the engine, and the recorder what is wrong here.
        failed = true;
      }
      if (!more) await clock.wait(failed ? pauseMs : roundEveryMs, closing.signal);
    }
  }

  const ended = run();
  return {
    async close(maxMs) {
      closing.abort();
      const last = ended
        .then(() => round())
        .then(
          () => {},
          () => {},
        );
      await Promise.race([last, clock.wait(maxMs, undefined)]);
    },
  };
}
