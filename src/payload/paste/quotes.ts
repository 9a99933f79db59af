import { layered, part, peeled, replaced, replacedBefore, type Source } from './source.js';

const pairs: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '”': '”',
  '„': '“',
  '‘': '’',
  '’': '’',
  '«': '»',
};

const maxQuotes = 10;

/** Removes quotes around a whole text, including a stray one at one end. */
export function peelQuotes(source: Source): Source | undefined {
  const { text, layers } = source;
  const first = text.charAt(0);
  const last = text.charAt(text.length - 1);
  const opens = Object.hasOwn(pairs, first);
  const closes = Object.values(pairs).includes(last);
  if (text.length < 2 || !(opens || closes)) return undefined;
  if (layers.filter(({ name }) => name === 'quotes').length > maxQuotes) return undefined;
  if (opens && closes && pairs[first] !== last && first !== last) return undefined;
  const start = opens ? 1 : 0;
  const inner = part(source, start, closes ? text.length - 1 : text.length);
  const detail = opens && closes ? `${first}…${last}` : `a stray ${opens ? first : last}`;
  return layered(inner, { name: 'quotes', detail });
}

/** Replaces typographic quotes that delimit JSON. */
export function peelSmartQuotes(source: Source): Source | undefined {
  if (!/^[\s[]*\{\s*[“”„]/.test(source.text)) return undefined;
  const { text, before } = replaced(source.text, /[“”„]/g, () => '"');
  return peeled(source, text, { name: 'smart_quotes', detail: '“ and ” as "' }, before);
}

/** Replaces doubled quotes, as in CSV. */
export function peelDoubledQuotes(source: Source): Source | undefined {
  if (!doubledQuotes.test(source.text)) return undefined;
  const before = replacedBefore(source.text, /""/g, () => '"');
  const layer = { name: 'quotes', detail: 'quotes written twice' } as const;
  return peeled(source, source.text.replaceAll('""', '"'), layer, before);
}

export const doubledQuotes = /^[\s[]{0,20}\{\s{0,20}""[^"\s:]/;
