import type { AskedFacts } from './check.js';
import { soakFacts } from './endurance/soak-check.js';
import { burstFacts } from './load/burst-check.js';

/** The checks that belong to no suite: each runs when its own option asks for it. */
export const askedChecks: readonly AskedFacts[] = [burstFacts, soakFacts];
