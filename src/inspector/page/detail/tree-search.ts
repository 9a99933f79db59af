/** More places than that are not looked for. */
export const maxMatches = 10_000;

/**
 * Where a text is found in JSON text, whatever its case and however JSON writes it: `é` is found as
 * `\u00e9`, too. Offsets, in order.
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

/** A pattern for all ways in which JSON can write a character. */
function asWritten(character: string): string {
  const plain = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  // Letters and digits of ASCII are hardly ever escaped, and this is what makes searching fast.
  if (/^[a-z0-9 _-]$/i.test(character)) return plain;
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  const escaped = units.map((unit) => `\\\\u${unit.toString(16).padStart(4, '0')}`).join('');
  const short = shortEscapes[character];
  return `(?:${[...(character === '\\' ? [] : [plain]), escaped, ...(short ? [short] : [])].join('|')})`;
}
