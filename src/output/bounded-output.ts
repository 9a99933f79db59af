import type { OutputStream } from '../host.js';

/** How much text waits for a reader, in characters. */
const maxWaiting = 4 * 1024 * 1024;

/**
 * Output for a reader who may be slower than what is to be read, or gone: a full pipe, a terminal
 * that is held with Ctrl-S. What finds no room is dropped and counted, so that memory stays bounded
 * and nothing waits; when the reader has caught up, he is told how much he missed.
 */
export class BoundedOutput {
  readonly #stream: OutputStream;
  readonly #tellMissed: (notices: number) => void;
  #missed = 0;

  constructor(stream: OutputStream, tellMissed: (notices: number) => void) {
    this.#stream = stream;
    this.#tellMissed = tellMissed;
  }

  write(text: string): void {
    if (!this.#stream.writable) return;
    const { writableNeedDrain: drains, writableLength: waiting } = this.#stream;
    // A line that is larger than all of the room goes out when little waits: where nothing is to be
    // drained, no end of that is ever told, and nothing more would be written.
    if (this.#missed > 0 || (drains && waiting + text.length > maxWaiting)) {
      if (this.#missed === 0) this.#stream.once('drain', () => this.#catchUp());
      this.#missed += 1;
    } else this.#stream.write(text);
  }

  /** Resolves to whether all was taken, at the latest after so many milliseconds. */
  flush(patience: number): Promise<boolean> {
    if (this.#stream.writableLength === 0 || !this.#stream.writable) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#stream.off('drain', finish);
        this.#stream.off('close', finish);
        resolve(this.#stream.writableLength === 0);
      };
      const timer = setTimeout(finish, patience);
      this.#stream.once('drain', finish);
      this.#stream.once('close', finish);
    });
  }

  #catchUp(): void {
    const missed = this.#missed;
    this.#missed = 0;
    this.#tellMissed(missed);
  }
}
