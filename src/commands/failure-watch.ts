import { ValueCounts } from './value-counts.js';

/** What happened after calls that were not answered 200. */
export interface Failures {
  readonly calls: number;
  /** How often such calls came one after another without any other between them. */
  readonly stretches: number;
  /** The most calls of one stretch: how many the panel sent before it stopped, or was answered 200. */
  readonly longest: number;
  /** The statuses and their numbers of calls. */
  readonly statuses: Readonly<Record<string, number>>;
  /** How long after the last call of a stretch the next call came. */
  readonly nextMedianMs: number | null;
  readonly nextMaxMs: number | null;
  /** The same between any two calls, to compare with. */
  readonly usualMedianMs: number | null;
  /** No call has come since a call that was not answered 200. */
  readonly isLast: boolean;
}

const maxStatuses = 20;

/** Watches the answers to calls, oldest first. */
export class FailureWatch {
  readonly #statuses = new Map<number, number>();
  readonly #next = new ValueCounts();
  readonly #usual = new ValueCounts();
  #calls = 0;
  #stretches = 0;
  #length = 0;
  #longest = 0;
  #before: number | undefined;

  /** `time` in milliseconds since 1970. */
  add(time: number, status: number): void {
    const gapMs = this.#before === undefined ? undefined : time - this.#before;
    this.#before = time;
    if (gapMs !== undefined) this.#usual.add(gapMs);
    if (gapMs !== undefined && this.#length > 0 && status === 200) this.#next.add(gapMs);
    if (status === 200) {
      this.#length = 0;
      return;
    }
    this.#calls += 1;
    this.#length += 1;
    if (this.#length === 1) this.#stretches += 1;
    this.#longest = Math.max(this.#longest, this.#length);
    if (this.#statuses.size < maxStatuses || this.#statuses.has(status)) {
      this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    }
  }

  result(): Failures {
    return {
      calls: this.#calls,
      stretches: this.#stretches,
      longest: this.#longest,
      statuses: Object.fromEntries(this.#statuses),
      nextMedianMs: this.#next.quantile(0.5),
      nextMaxMs: this.#next.quantile(1),
      usualMedianMs: this.#usual.quantile(0.5),
      isLast: this.#length > 0,
    };
  }
}
