/** How many calls a second are shown one by one; beyond it a line a second tells their number. */
const shownPerSecond = 50;

/** Decides whether a line is shown by itself, and reports the second's count when it is not. */
export class CallRate {
  readonly #report: (calls: number) => void;
  #calls = 0;
  #window: NodeJS.Timeout | undefined;

  constructor(report: (calls: number) => void) {
    this.#report = report;
  }

  /** Counts one. False: it goes into the rate line. */
  admits(): boolean {
    this.#window ??= setTimeout(() => this.close(), 1000);
    this.#calls += 1;
    return this.#calls <= shownPerSecond;
  }

  /** Ends the running second early, so that nothing counted stays unsaid. */
  close(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    const calls = this.#calls;
    this.#calls = 0;
    if (calls > shownPerSecond) this.#report(calls);
  }
}
