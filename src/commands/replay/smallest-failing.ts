/**
 * Finds a smallest part of a list that still fails, by removing ever smaller pieces (delta
 * debugging, Zeller and Hildebrandt 2002): removing any single item of the result makes it pass.
 * The whole list must fail. Takes some n·log n tries with one culprit, n² at worst.
 */
export async function smallestFailing<T>(
  all: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = all;
  let pieces = 2;
  while (left.length > 1) {
    const smaller = await failingPart(left, pieces, fails);
    if (smaller) {
      left = smaller.items;
      pieces = smaller.isPiece ? 2 : Math.max(2, pieces - 1);
    } else if (pieces < left.length) {
      pieces = Math.min(left.length, pieces * 2);
    } else {
      return left;
    }
  }
  return left;
}

interface FailingPart<T> {
  readonly items: readonly T[];
  /** True for a single piece, false for all pieces but one. */
  readonly isPiece: boolean;
}

async function failingPart<T>(
  items: readonly T[],
  pieces: number,
  fails: (some: readonly T[]) => Promise<boolean>,
): Promise<FailingPart<T> | undefined> {
  const bounds = Array.from({ length: pieces + 1 }, (_, at) =>
    Math.floor((at * items.length) / pieces),
  );
  const spans = bounds.slice(1).map((end, at) => [bounds[at] ?? 0, end] as const);
  for (const [start, end] of spans) {
    const piece = items.slice(start, end);
    if (await fails(piece)) return { items: piece, isPiece: true };
  }
  // With two pieces, all but one is the other piece.
  if (pieces === 2) return undefined;
  for (const [start, end] of spans) {
    const others = [...items.slice(0, start), ...items.slice(end)];
    if (await fails(others)) return { items: others, isPiece: false };
  }
  return undefined;
}
