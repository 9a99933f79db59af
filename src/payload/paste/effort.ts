/**
 * The budget for reading one paste, shared by every reader. A step is about one pass over one
 * character. Readers charge each stretch they pass, since in some pastes every position looks like
 * the start of a payload, or text is nested many times.
 */
export interface Effort {
  /** Steps taken so far. */
  steps: number;
  /** Reading ends at this number of steps. */
  limit: number;
  /** Whether reading stopped for lack of steps. */
  isSpent: boolean;
}

/** Ordinary pastes take between 5 and 60 steps a character. */
const maxStepsPerCharacter = 100;

/** Allows deep nesting in short pastes. */
const minSteps = 1_000_000;

export function effortFor(text: string): Effort {
  return { steps: 0, limit: text.length * maxStepsPerCharacter + minSteps, isSpent: false };
}

/** Ends the reading of a paste without remaining steps. */
export class EffortSpent extends Error {}
/** Created once: capturing a stack takes longer than reading. */
const effortSpent = new EffortSpent();

/**
 * Charges work before it is done. Work that exceeds the limit is completed; the next charge throws.
 */
export function spend(effort: Effort, steps: number): void {
  if (effort.steps >= effort.limit) {
    effort.isSpent = true;
    throw effortSpent;
  }
  effort.steps += steps;
}
