/** Delays answers, to simulate a slow endpoint. */
export class HeldAnswers {
  readonly #held = new Map<NodeJS.Timeout, () => void>();
  #released = false;

  /** Resolves after `milliseconds`, or on release. */
  hold(milliseconds: number): Promise<void> {
    if (this.#released) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#held.delete(timer);
        resolve();
      }, milliseconds);
      this.#held.set(timer, resolve);
    });
  }

  /** Releases all answers and delays none from now on. */
  release(): void {
    this.#released = true;
    for (const [timer, resolve] of this.#held) {
      clearTimeout(timer);
      resolve();
    }
    this.#held.clear();
  }
}
