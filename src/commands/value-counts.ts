/** Counts numbers, so that any number of them takes bounded memory. Beyond, it rounds them. */
export class ValueCounts {
  readonly #counts = new Map<number, number>();
  #step = 1;
  total = 0;

  add(value: number, times = 1): void {
    const rounded = Math.floor(value / this.#step) * this.#step;
    this.#counts.set(rounded, (this.#counts.get(rounded) ?? 0) + times);
    this.total += times;
    if (this.#counts.size > maxValues) this.#coarsen();
  }

  /** The smallest value that at least this share of them does not exceed; null: there are none. */
  quantile(share: number): number | null {
    let left = Math.ceil(share * this.total);
    for (const [value, count] of this.#sorted()) {
      left -= count;
      if (left <= 0) return value;
    }
    return null;
  }

  /** How many lie from `min` to `max`, both included. */
  within(min: number, max: number): number {
    let found = 0;
    for (const [value, count] of this.#counts) if (value >= min && value <= max) found += count;
    return found;
  }

  #sorted(): [number, number][] {
    return [...this.#counts].sort(([one], [other]) => one - other);
  }

  #coarsen(): void {
    const counts = this.#sorted();
    this.#counts.clear();
    this.total = 0;
    this.#step *= 10;
    for (const [value, count] of counts) this.add(value, count);
  }
}

const maxValues = 20_000;
