/**
 * The steps that reading one paste takes, shared by every reader. A step is about one
 * character that is passed once. Readers charge each stretch that they go through, because pastes
 * exist in which every turn looks like the start of a payload, or in which text is nested in text
 * many times over.
 */
export interface Effort {
  /** Taken so far. */
  steps: number;
  /** Reading ends when so many were taken. */
  limit: number;
  /** Whether reading had to stop for want of steps. */
  isSpent: boolean;
}

/** Ordinary pastes take between 5 and 60 steps a character. */
const maxStepsPerCharacter = 100;

/** Lets short pastes be nested deeply. */
const minSteps = 1_000_000;

export function effortFor(text: string): Effort {
  return { steps: 0, limit: text.length * maxStepsPerCharacter + minSteps, isSpent: false };
}

/** Ends the reading of a paste that has no steps left. */
export class EffortSpent extends Error {}
/** Made once: collecting a stack takes longer than reading does. */
const effortSpent = new EffortSpent();

/** Charges work that is about to be done. It is done in full, and the next charge fails. */
export function spend(effort: Effort, steps: number): void {
  if (effort.steps >= effort.limit) {
    effort.isSpent = true;
    throw effortSpent;
  }
  effort.steps += steps;
}
