import { maxCarriers } from './carrier.js';
import type { Sending } from './sending-heap.js';

/**
 * What became of an event: answered 200, sent and never answered 200, or not sent because of an
 * outage or of a webhook that was disabled.
 */
export type EventFate = 'stored' | 'unconfirmed' | 'outage' | 'disabled';

export interface RunTotals {
  /** Events that were sent, and those of them whose key was sent before. */
  sent: number;
  repeats: number;
  /** Keys by the best that became of them. */
  readonly keys: Record<EventFate, number>;
}

/** The key of an event whose contact shares an identifier with another one; otherwise undefined. */
export type SharedKey = (sending: Sending) => string | undefined;

interface OpenKey {
  /** Events with this key that have no fate yet. */
  left: number;
  sent: boolean;
  best: EventFate | undefined;
}

const fromBestToWorst: readonly EventFate[] = ['stored', 'unconfirmed', 'disabled', 'outage'];

/**
 * Counts events and their keys. Holds only the keys that come more than once, until the last has come,
 * and all of contacts that share an identifier.
 */
export class RunLedger {
  readonly totals: RunTotals = {
    sent: 0,
    repeats: 0,
    keys: { stored: 0, unconfirmed: 0, outage: 0, disabled: 0 },
  };
  readonly #open = new Map<number | string, OpenKey>();
  readonly #sharedKey: SharedKey;

  constructor(sharedKey: SharedKey = () => undefined) {
    this.#sharedKey = sharedKey;
  }

  /** Counts an event that is sent, and returns whether its key was sent before. */
  sent(sending: Sending, isRetry: boolean): boolean {
    const key = this.#keyOf(sending);
    const repeat = isRetry || key?.sent === true;
    if (key) key.sent = true;
    this.totals.sent += 1;
    if (repeat) this.totals.repeats += 1;
    return repeat;
  }

  /** Counts the outcome of an event that will not be sent again for this reason. */
  settled(sending: Sending, fate: EventFate): void {
    const key = this.#keyOf(sending);
    if (!key) {
      this.totals.keys[fate] += 1;
      return;
    }
    key.left -= 1;
    key.best = better(key.best, fate);
    if (key.left > 0) return;
    this.#open.delete(numberOf(sending));
    this.totals.keys[key.best] += 1;
  }

  /** Counts the keys of which more could come when the run ended. */
  stop(): void {
    for (const { best } of this.#open.values()) if (best) this.totals.keys[best] += 1;
    this.#open.clear();
  }

  #keyOf(sending: Sending): OpenKey | undefined {
    const shared = this.#sharedKey(sending);
    if (shared === undefined && sending.copies === 1) return undefined;
    const id = shared ?? numberOf(sending);
    const known = this.#open.get(id);
    if (known) return known;
    // Another contact's event may have a shared key at any time.
    const left = shared === undefined ? sending.copies : Number.POSITIVE_INFINITY;
    const key: OpenKey = { left, sent: false, best: undefined };
    this.#open.set(id, key);
    return key;
  }
}

function numberOf({ contact, carrier }: Sending): number {
  return contact * maxCarriers + carrier;
}

function better(one: EventFate | undefined, other: EventFate): EventFate {
  return fromBestToWorst.find((fate) => fate === one || fate === other) ?? other;
}
