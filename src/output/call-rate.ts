/** Above this rate, one line a second shows the count instead. */
const shownPerSecond = 50;

/** Decides whether a line is shown by itself, and reports the second's count otherwise. */
export class CallRate {
  readonly #report: (calls: number) => void;
  #calls = 0;
  #window: NodeJS.Timeout | undefined;

  constructor(report: (calls: number) => void) {
    this.#report = report;
  }

  /** Counts a call. Returns false when it belongs to the rate line. */
  admits(): boolean {
    this.#window ??= setTimeout(() => this.close(), 1000);
    this.#calls += 1;
    return this.#calls <= shownPerSecond;
  }

  /** Ends the current second early, so that every count is reported. */
  close(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    const calls = this.#calls;
    this.#calls = 0;
    if (calls > shownPerSecond) this.#report(calls);
  }
}
