import type { Check } from './check.js';
import { soakFacts } from './endurance/soak-check.js';
import { burstFacts } from './load/burst-check.js';

/** The checks that belong to no suite: each runs when its own option asks for it. */
export const askedChecks: readonly Omit<Check, 'run'>[] = [burstFacts, soakFacts];
