import type { Renewed, WorkerBeat } from '../call/delivery.js';
import type { ProcessIdentity } from '../process-identity.js';

/** A worker has expired when its counter has not changed for this long. */
const leaseMs = 40_000;
const leaseRenewMs = 10_000;
/** A worker that was paused for longer starts no call: others may have taken its calls over. */
const maxUnrenewedMs = leaseMs - 10_000;
/**
 * At most this much time counts between two readings of a counter. A process that was itself paused (SIGSTOP,
 * a sleeping laptop) does not know what happened meanwhile.
 */
const maxCountedMs = 15_000;

type HasEnded = (process: ProcessIdentity) => boolean;

/** A worker's own lease on its calls, and its view of the other workers. */
export class WorkerLease {
  readonly #now: () => number;
  readonly #watch: WorkerWatch;
  /** By both clocks, since either may have stood still. */
  #renewedAt = { monotonic: Number.NEGATIVE_INFINITY, wall: 0 };
  /** The queue's counter, and when it was read. */
  #counter = { waitedMs: 0, readAt: Number.POSITIVE_INFINITY };

  /** `now` returns milliseconds since 1970. */
  constructor(hasEnded: HasEnded, now: () => number) {
    this.#now = now;
    this.#watch = watchWorkers(hasEnded);
  }

  get isRenewalDue(): boolean {
    return this.#unrenewedMs() >= leaseRenewMs;
  }

  get allowsDelivery(): boolean {
    return this.#unrenewedMs() < maxUnrenewedMs;
  }

  /** How long the queue has had a living worker. */
  get waitedMs(): number {
    const { waitedMs, readAt } = this.#counter;
    return Math.round(waitedMs + Math.min(Math.max(0, performance.now() - readAt), maxCountedMs));
  }

  /** Records a renewal that began at these times. Returns the other workers that have expired. */
  renew(
    { workers, waited }: Renewed,
    at: { readonly monotonic: number; readonly wall: number },
  ): readonly WorkerBeat[] {
    this.#renewedAt = at;
    this.#counter = { waitedMs: waited, readAt: performance.now() };
    return this.#watch.findExpired(workers, at.monotonic);
  }

  /** A changed wall clock makes this longer, never shorter. */
  #unrenewedMs(): number {
    const { monotonic, wall } = this.#renewedAt;
    return Math.max(performance.now() - monotonic, this.#now() - wall);
  }
}

/** Detects expired workers by the counters that living ones increment. */
interface WorkerWatch {
  /** Takes the current counters of all other workers. `nowMs` is the time of a monotonic clock. */
  findExpired(workers: readonly WorkerBeat[], nowMs: number): readonly WorkerBeat[];
}

export function watchWorkers(hasEnded: HasEnded): WorkerWatch {
  let known = new Map<string, { readonly beat: number; readonly unchangedMs: number }>();
  let checkedAt = Number.NEGATIVE_INFINITY;
  return {
    findExpired(workers, nowMs) {
      const elapsedMs = Math.min(nowMs - checkedAt, maxCountedMs);
      checkedAt = nowMs;
      const previous = known;
      known = new Map();
      return workers.filter(({ name, beat, process }) => {
        const last = previous.get(name);
        const unchangedMs = last?.beat === beat ? last.unchangedMs + elapsedMs : 0;
        known.set(name, { beat, unchangedMs });
        return unchangedMs >= leaseMs || (process !== undefined && hasEnded(process));
      });
    },
  };
}
