/**
 * Assumptions about what Netcore does with calls that are not answered 200, which it does not
 * document. All times are milliseconds of the run.
 */
export interface CallRules {
  /** The target is unreachable in this time. */
  readonly outage: { readonly from: number; readonly until: number } | undefined;
  /** A webhook is disabled after this many failed calls in a row; undefined: never. */
  readonly disableAfter: number | undefined;
  readonly retries: { readonly times: number; readonly everyMs: number } | undefined;
}

export type Refusal = 'outage' | 'disabled';

/** Applies the rules to the calls of a run. Webhooks are known by their labels. */
export class RuledWebhooks {
  readonly #rules: CallRules;
  readonly #failures = new Map<string, number>();
  /** The time at which each disabled webhook was disabled. */
  readonly disabled = new Map<string, number>();

  constructor(rules: CallRules) {
    this.#rules = rules;
  }

  /** Why a call is not sent at this time; undefined when it is. */
  refusal(label: string, at: number): Refusal | undefined {
    if (this.disabled.has(label)) return 'disabled';
    const { outage } = this.#rules;
    return outage && at >= outage.from && at < outage.until ? 'outage' : undefined;
  }

  succeeded(label: string): void {
    this.#failures.delete(label);
  }

  /**
   * Returns when a call that failed at `at` is retried; undefined when it is given up, which counts
   * against its webhook. `retried`: the retries that it already had.
   */
  failed(label: string, at: number, retried: number): number | undefined {
    const { retries, disableAfter } = this.#rules;
    if (this.disabled.has(label)) return undefined;
    if (retries && retried < retries.times) return at + retries.everyMs;
    const failures = (this.#failures.get(label) ?? 0) + 1;
    this.#failures.set(label, failures);
    if (disableAfter !== undefined && failures >= disableAfter) this.disabled.set(label, at);
    return undefined;
  }
}
