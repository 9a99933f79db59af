import { closingQuote } from '../json-text.js';
import type { Match } from './replace-matches.js';
import { peeled, replaced, type Source, spendPasses } from './source.js';

/** Joins lines that a mail program or terminal wrapped inside JSON strings. */
export function joinBrokenStrings(source: Source): Source | undefined {
  spendPasses(source, 2);
  const { text, before } = replaced(source.text, breaksInStrings, () => '');
  if (text === source.text) return undefined;
  const layer = { name: 'wrapped_lines', detail: 'line breaks inside strings' } as const;
  return peeled(source, text, layer, before);
}

const lineBreak = /\r?\n(?:> ?){0,20}[ \t]*/g;

function* breaksInStrings(text: string): Generator<Match> {
  for (const { start, end, isString } of stretches(text)) {
    if (!isString) continue;
    for (const found of text.slice(start, end).matchAll(lineBreak)) {
      yield { 0: found[0], index: start + found.index };
    }
  }
}

/**
 * Splits JSON into strings and the text between them, and ignores an unclosed quote. A regular
 * expression would search for the end again from every quote.
 */
function* stretches(text: string): Generator<{ start: number; end: number; isString: boolean }> {
  let start = 0;
  for (let quote = text.indexOf('"'); quote !== -1; quote = text.indexOf('"', start)) {
    const close = closingQuote(text, quote);
    if (close === -1) break;
    yield { start, end: quote, isString: false };
    start = close + 1;
    yield { start: quote, end: start, isString: true };
  }
  yield { start, end: text.length, isString: false };
}

/** Joins the lines of an encoded value, which contains no blanks. */
export function joinEncodedLines(source: Source): Source | undefined {
  if (!/[\r\n]/.test(source.text)) return undefined;
  const { text, before } = replaced(source.text, wrappedLine, () => '');
  return peeled(source, text, { name: 'wrapped_lines', detail: 'line breaks' }, before);
}

// Checks a run of blanks before a line end only from its first one.
const wrappedLine = /(?<![ \t])[ \t]+(?=\r?\n)|\r?\n(?:[ \t]{0,40}[>|]){0,20}[ \t]*/g;

/** Invisible characters: zero-width, joiners, direction marks, soft hyphens. */
const invisible =
  /[\u00ad\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

/** Removes invisible characters from an encoded text, which must be ASCII. */
export function peelInvisible(source: Source): Source | undefined {
  if (source.text.search(invisible) === -1) return undefined;
  const { text, before } = replaced(source.text, invisible, () => '');
  // Other characters beyond ASCII mean that the text is not encoded, and these may belong to it.
  if (/[^\x00-\x7f]/.test(text)) return undefined;
  return peeled(source, text, { name: 'invisible', detail: 'invisible characters' }, before);
}

/** Removes invisible characters and unusual blanks between JSON tokens, not inside strings. */
export function peelInvisibleBetweenTokens(source: Source): Source | undefined {
  spendPasses(source, 2);
  const { text, before } = replaced(source.text, odditiesBetweenStrings, (match) =>
    match.search(invisible) === -1 ? ' ' : '',
  );
  if (text === source.text) return undefined;
  return peeled(source, text, { name: 'invisible', detail: 'invisible characters' }, before);
}

const oddity = new RegExp(
  `${invisible.source}|[\\u00a0\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]`,
  'g',
);

function* odditiesBetweenStrings(text: string): Generator<Match> {
  for (const { start, end, isString } of stretches(text)) {
    if (isString) continue;
    for (const found of text.slice(start, end).matchAll(oddity)) {
      yield { 0: found[0], index: start + found.index };
    }
  }
}
