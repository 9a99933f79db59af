import { distance } from 'fastest-levenshtein';

/** The most similar candidate, if one is near enough to suggest. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  // Two swapped letters count as two steps.
  let bestDistance = Math.max(typed.length < 4 ? 1 : 2, Math.floor(typed.length * 0.4)) + 1;
  for (const candidate of candidates) {
    const steps = distance(typed, candidate.toLowerCase());
    if (steps < bestDistance) {
      best = candidate;
      bestDistance = steps;
    }
  }
  return best;
}
