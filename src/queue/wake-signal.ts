/** Lets one caller wait for a condition that other steps of the same object change. */
export class WakeSignal {
  #check = () => {};

  /** Checks the condition of the waiting caller. */
  wake(): void {
    this.#check();
  }

  /** Resolves when `isMet` returns true, at the latest after `maxMs`. */
  until(isMet: () => boolean, maxMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, maxMs);
      this.#check = () => {
        if (!isMet()) return;
        clearTimeout(timer);
        resolve();
      };
      this.#check();
    });
  }
}
