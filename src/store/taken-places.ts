/** Stretches this long are remembered; more are forgotten, and looked up again. */
const maxStretches = 100_000;

/**
 * Which places of a store are taken, as far as that was looked up, so that no place is looked at
 * twice. Stretches that meet are one.
 */
export class TakenPlaces {
  /** Where each stretch begins, in order, and the first place behind it. */
  #starts: number[] = [];
  #ends: number[] = [];

  /** The first place from `place` on that is not known to be taken. */
  firstFree(place: number): number {
    const end = this.#ends[this.#indexBehind(place) - 1];
    return end === undefined ? place : Math.max(end, place);
  }

  /** All places from `start` up to `end`, which is the first one behind them, are taken. */
  add(start: number, end: number): void {
    if (this.#starts.length >= maxStretches) {
      this.#starts = [];
      this.#ends = [];
    }
    let from = this.#indexBehind(start);
    if (from > 0 && (this.#ends[from - 1] ?? 0) >= start) from -= 1;
    let to = from;
    while (to < this.#starts.length && (this.#starts[to] ?? 0) <= end) to += 1;
    const first = to > from ? Math.min(start, this.#starts[from] ?? start) : start;
    const last = to > from ? Math.max(end, this.#ends[to - 1] ?? end) : end;
    this.#starts.splice(from, to - from, first);
    this.#ends.splice(from, to - from, last);
  }

  /** The index of the first stretch that begins behind a place. */
  #indexBehind(place: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
