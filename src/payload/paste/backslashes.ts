import { replaceMatches } from './replace-matches.js';
import { peeled, replacedBefore, type Source, spendPasses } from './source.js';

const letters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  a: '\x07',
  e: '\x1b',
};

// Each blank matches in one way only, which avoids backtracking over runs.
const startsEscaped =
  /^[\s[]{0,1000}(?:\{(?:\\[ntr]|\s){0,1000}|\\[ntr](?:\\[ntr]|\s){0,1000})?(?:\\{1,1000}"|\\x22|\\u0022)/i;

/** Removes backslash escapes from escaped JSON: `{\"panel\"…`, `{\x22panel\x22…`. */
export function peelBackslashes(source: Source): Source | undefined {
  return startsEscaped.test(source.text) ? peelLiteral(source) : undefined;
}

/** Decodes a string literal of any language; the source is its text without quotes. */
export function peelLiteral(source: Source): Source | undefined {
  if (!source.text.includes('\\')) return undefined;
  spendPasses(source, 4);
  const text = jsonString(source.text) ?? literalText(source.text);
  const before = replacedBefore(source.text, escapeRuns, unescaped);
  return peeled(source, text, { name: 'backslashes', detail: 'backslash escapes' }, before);
}

/** Most literals are also valid JSON, and its parser is fast. */
function jsonString(raw: string): string | undefined {
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return undefined;
  }
}

/** Decodes a literal when its offsets are not needed. */
export function literalText(raw: string): string {
  return raw.includes('\\') ? replaceMatches(raw, escapeRuns, unescaped) : raw;
}

/** Consecutive byte escapes (`\xe0\xa4\xae`) form one character; other escapes stand alone. */
const escapeRuns =
  /(?:\\[xX][89a-fA-F][\da-fA-F]){1,4096}|\\(?:[xX][\da-fA-F]{2}|u[\da-fA-F]{4}|u\{[\da-fA-F]{1,6}\}|U[\da-fA-F]{8}|[\s\S])/g;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function unescaped(match: string): string {
  const kind = match.charAt(1);
  // Most escapes are quotes.
  if (kind === '"') return kind;
  if (kind === 'x' || kind === 'X') {
    // A single byte beyond ASCII is not UTF-8.
    if (match.length === 4) return String.fromCharCode(Number.parseInt(match.slice(2), 16));
    const codes = match
      .split(/\\x/i)
      .slice(1)
      .map((digits) => Number.parseInt(digits, 16));
    try {
      return strict.decode(Uint8Array.from(codes));
    } catch {
      return codes.map((code) => String.fromCharCode(code)).join('');
    }
  }
  if ((kind === 'u' || kind === 'U') && match.length > 2) {
    const code = Number.parseInt(match.replace(/[^\da-f]/gi, ''), 16);
    if (match.length === 6) return String.fromCharCode(code);
    return code <= 0x10ffff ? String.fromCodePoint(code) : match;
  }
  return letters[kind] ?? match.slice(1);
}
