/** Answers that are held back for a while, to try out a slow endpoint. */
export class HeldAnswers {
  readonly #held = new Map<NodeJS.Timeout, () => void>();
  #released = false;

  /** Resolves after so many milliseconds, or when all are released. */
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

  /** Lets all of them go, and holds none from now on. */
  release(): void {
    this.#released = true;
    for (const [timer, resolve] of this.#held) {
      clearTimeout(timer);
      resolve();
    }
    this.#held.clear();
  }
}
