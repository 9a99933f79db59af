import { peeled, replaced, type Source } from './source.js';

/** Joins lines that a mail program or terminal broke inside a JSON string. */
export function joinBrokenStrings(source: Source): Source | undefined {
  const { text, before } = replaced(source.text, brokenString, (match) =>
    match.replace(lineBreak, ''),
  );
  if (text === source.text) return undefined;
  const layer = { name: 'wrapped_lines', detail: 'line breaks inside strings' } as const;
  return peeled(source, text, layer, before);
}

// Every string is matched whole, so that a quote inside one cannot be taken for a beginning.
const brokenString = /"(?:[^"\\]|\\[\s\S]){0,100000}"/g;
const lineBreak = /\r?\n(?:> ?)*[ \t]*/g;

/** Joins the lines of an encoded value: no blank belongs into one, so every break was added. */
export function joinEncodedLines(source: Source): Source | undefined {
  if (!/[\r\n]/.test(source.text)) return undefined;
  const { text, before } = replaced(source.text, /[ \t]*\r?\n(?:[ \t]*[>|])*[ \t]*/g, () => '');
  return peeled(source, text, { name: 'wrapped_lines', detail: 'line breaks' }, before);
}

/** Characters that show nothing: zero-width ones, joiners, marks of direction, soft hyphens. */
const invisible =
  /[\u00ad\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

/** Removes invisible characters from an encoded text, where nothing beyond ASCII belongs. */
export function peelInvisible(source: Source): Source | undefined {
  if (source.text.search(invisible) === -1) return undefined;
  const { text, before } = replaced(source.text, invisible, () => '');
  // Something else beyond ASCII: then the text is not encoded throughout, and they may belong.
  if (/[^\x00-\x7f]/.test(text)) return undefined;
  return peeled(source, text, { name: 'invisible', detail: 'invisible characters' }, before);
}

/** Removes invisible characters and odd blanks between the tokens of JSON, never inside strings. */
export function peelInvisibleBetweenTokens(source: Source): Source | undefined {
  const { text, before } = replaced(source.text, stringOrOddity, (match) =>
    match.startsWith('"') ? match : match.search(invisible) === -1 ? ' ' : '',
  );
  if (text === source.text) return undefined;
  return peeled(source, text, { name: 'invisible', detail: 'invisible characters' }, before);
}

const stringOrOddity = new RegExp(
  `"(?:[^"\\\\]|\\\\[\\s\\S]){0,100000}"|${invisible.source}|[\\u00a0\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]`,
  'g',
);
