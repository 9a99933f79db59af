/** Number of pieces to join at once: few enough to be collected young, enough to be efficient. */
const pieceBatchSize = 4096;

/** Finds matches in a text: a global expression, or a generator. */
export type Finder = RegExp | ((text: string) => Iterable<Match>);

/** In the form of a RegExp match. */
export interface Match {
  readonly 0: string;
  readonly index: number;
}

export function matchesIn(text: string, finder: Finder): Iterable<Match> {
  return finder instanceof RegExp ? text.matchAll(finder) : finder(text);
}

/**
 * `text.replace(expression, replacement)` for texts with millions of matches: the built-in one
 * collects all matches first, which takes many times the memory of the text.
 */
export function replaceMatches(
  text: string,
  finder: Finder,
  replacement: (match: string) => string,
): string {
  const joined: string[] = [];
  let pieces: string[] = [];
  let kept = 0;
  for (const match of matchesIn(text, finder)) {
    const matched = match[0];
    if (match.index > kept) pieces.push(text.slice(kept, match.index));
    pieces.push(replacement(matched));
    kept = match.index + matched.length;
    if (pieces.length < pieceBatchSize) continue;
    joined.push(pieces.join(''));
    pieces = [];
  }
  if (kept === 0) return text;
  pieces.push(text.slice(kept));
  joined.push(pieces.join(''));
  return joined.join('');
}
