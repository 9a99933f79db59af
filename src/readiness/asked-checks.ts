import type { AskedFacts } from './check.js';
import { soakFacts } from './endurance/soak-check.js';
import { burstFacts } from './load/burst-check.js';

/** Checks outside all suites: each runs when its own option requests it. */
export const askedChecks: readonly AskedFacts[] = [burstFacts, soakFacts];
