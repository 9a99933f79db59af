export const maxMatches = 10_000;

/**
 * Offsets of a text in JSON text, in order. Ignores case and JSON's spelling: `é` also matches
 * `\u00e9`.
 */
export function findInJson(json: string, wanted: string): readonly number[] {
  if (wanted === '') return [];
  const found: number[] = [];
  for (const { index } of json.matchAll(new RegExp([...wanted].map(asWritten).join(''), 'giu'))) {
    found.push(index);
    if (found.length === maxMatches) break;
  }
  return found;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\\\"',
  '\\': '\\\\\\\\',
  '/': '\\\\/',
  '\b': '\\\\b',
  '\f': '\\\\f',
  '\n': '\\\\n',
  '\r': '\\\\r',
  '\t': '\\\\t',
};

/** A pattern for all spellings of a character in JSON. */
function asWritten(character: string): string {
  const plain = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  // ASCII letters and digits are rarely escaped; this makes searching fast.
  if (/^[a-z0-9 _-]$/i.test(character)) return plain;
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  const escaped = units.map((unit) => `\\\\u${unit.toString(16).padStart(4, '0')}`).join('');
  const short = shortEscapes[character];
  return `(?:${[...(character === '\\' ? [] : [plain]), escaped, ...(short ? [short] : [])].join('|')})`;
}
