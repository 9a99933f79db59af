import type { OutputStream } from '../host.js';

const maxWaiting = 4 * 1024 * 1024;

/**
 * Output for a slow or absent reader: a full pipe, a terminal held with Ctrl-S. Drops and counts
 * text that does not fit, so that memory stays bounded and nothing blocks, and reports the count
 * when the reader has caught up.
 */
export class BoundedOutput {
  readonly #stream: OutputStream;
  readonly #reportMissed: (notices: number) => void;
  #missed = 0;

  constructor(stream: OutputStream, reportMissed: (notices: number) => void) {
    this.#stream = stream;
    this.#reportMissed = reportMissed;
  }

  write(text: string): void {
    if (!this.#stream.writable) return;
    const { writableNeedDrain: drains, writableLength: waiting } = this.#stream;
    // A line above the limit is written while little waits: on an empty stream no `drain` would
    // follow, and nothing more would be written.
    if (this.#missed > 0 || (drains && waiting + text.length > maxWaiting)) {
      if (this.#missed === 0) this.#stream.once('drain', () => this.#catchUp());
      this.#missed += 1;
    } else this.#stream.write(text);
  }

  /** Resolves to whether the reader took everything, after at most this many milliseconds. */
  flush(maxMs: number): Promise<boolean> {
    if (this.#stream.writableLength === 0 || !this.#stream.writable) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#stream.off('drain', finish);
        this.#stream.off('close', finish);
        resolve(this.#stream.writableLength === 0);
      };
      const timer = setTimeout(finish, maxMs);
      this.#stream.once('drain', finish);
      this.#stream.once('close', finish);
    });
  }

  #catchUp(): void {
    const missed = this.#missed;
    this.#missed = 0;
    this.#reportMissed(missed);
  }
}
