/** The outcome of a check with this finding. A check without findings passes. */
export type FindingOutcome = 'skip' | 'warn' | 'fail';

/** The wording of a finding: what was found and why it matters, and how to fix it. */
export interface Entry<A> {
  readonly outcome: FindingOutcome;
  readonly message: (args: A) => string;
  readonly fix: (args: A) => string;
}

export function entry<A = undefined>(
  outcome: FindingOutcome,
  message: (args: A) => string,
  fix: (args: NoInfer<A>) => string,
): Entry<A> {
  return { outcome, message, fix };
}
