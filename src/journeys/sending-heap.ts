/** An event on its way. Times are milliseconds of the run. */
export interface Sending {
  /** When it is sent, at the earliest. */
  readonly at: number;
  /** The contact's index. */
  readonly contact: number;
  /** The index of the webhook's node. */
  readonly webhook: number;
  /** See `carrierOf`. */
  readonly carrier: number;
  /** When the activity happened. */
  readonly time: number;
  /** How often events with this key are sent in the run. */
  readonly copies: number;
  /** It is sent later than it happened, on purpose. */
  readonly late: boolean;
}

/**
 * Waiting events, the earliest first; of equal times, the one added first. Numbers in arrays take
 * some forty bytes an event, a fraction of an object's, and a run may have millions waiting.
 */
export class SendingHeap {
  #capacity = 1024;
  #at = new Float64Array(this.#capacity);
  #order = new Float64Array(this.#capacity);
  #time = new Float64Array(this.#capacity);
  #contact = new Uint32Array(this.#capacity);
  #webhook = new Uint8Array(this.#capacity);
  #carrier = new Uint16Array(this.#capacity);
  #copies = new Uint8Array(this.#capacity);
  #late = new Uint8Array(this.#capacity);
  /** Slots of the arrays as a binary heap, followed by the free slots. */
  #slots = Uint32Array.from({ length: this.#capacity }, (_, slot) => slot);
  #size = 0;
  #added = 0;

  /** The time of the earliest; Infinity when none waits. */
  get next(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#at[this.#slots[0] ?? 0] ?? 0);
  }

  push(sending: Sending): void {
    if (this.#size === this.#capacity) this.#grow();
    const slot = this.#slots[this.#size] ?? 0;
    this.#at[slot] = sending.at;
    this.#order[slot] = this.#added;
    this.#time[slot] = sending.time;
    this.#contact[slot] = sending.contact;
    this.#webhook[slot] = sending.webhook;
    this.#carrier[slot] = sending.carrier;
    this.#copies[slot] = sending.copies;
    this.#late[slot] = sending.late ? 1 : 0;
    this.#added += 1;
    let index = this.#size;
    this.#size += 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  pop(): Sending | undefined {
    if (this.#size === 0) return undefined;
    const slot = this.#slots[0] ?? 0;
    this.#size -= 1;
    this.#swap(0, this.#size);
    for (let index = 0; ; ) {
      const left = index * 2 + 1;
      if (left >= this.#size) break;
      const right = left + 1;
      const child = right < this.#size && this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(child, index)) break;
      this.#swap(index, child);
      index = child;
    }
    return {
      at: this.#at[slot] ?? 0,
      contact: this.#contact[slot] ?? 0,
      webhook: this.#webhook[slot] ?? 0,
      carrier: this.#carrier[slot] ?? 0,
      time: this.#time[slot] ?? 0,
      copies: this.#copies[slot] ?? 0,
      late: this.#late[slot] === 1,
    };
  }

  #isBefore(one: number, other: number): boolean {
    const a = this.#slots[one] ?? 0;
    const b = this.#slots[other] ?? 0;
    const difference = (this.#at[a] ?? 0) - (this.#at[b] ?? 0);
    return difference === 0 ? (this.#order[a] ?? 0) < (this.#order[b] ?? 0) : difference < 0;
  }

  #swap(one: number, other: number): void {
    const slot = this.#slots[one] ?? 0;
    this.#slots[one] = this.#slots[other] ?? 0;
    this.#slots[other] = slot;
  }

  #grow(): void {
    const before = this.#capacity;
    this.#capacity *= 2;
    const grown = <A extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(
      old: A,
      larger: A,
    ): A => {
      larger.set(old);
      return larger;
    };
    this.#at = grown(this.#at, new Float64Array(this.#capacity));
    this.#order = grown(this.#order, new Float64Array(this.#capacity));
    this.#time = grown(this.#time, new Float64Array(this.#capacity));
    this.#contact = grown(this.#contact, new Uint32Array(this.#capacity));
    this.#webhook = grown(this.#webhook, new Uint8Array(this.#capacity));
    this.#carrier = grown(this.#carrier, new Uint16Array(this.#capacity));
    this.#copies = grown(this.#copies, new Uint8Array(this.#capacity));
    this.#late = grown(this.#late, new Uint8Array(this.#capacity));
    this.#slots = grown(this.#slots, new Uint32Array(this.#capacity));
    for (let slot = before; slot < this.#capacity; slot += 1) this.#slots[slot] = slot;
  }
}
