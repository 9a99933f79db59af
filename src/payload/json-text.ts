/**
 * Reformats JSON text without parsing values, so digits, escapes, key order, repeated keys and
 * `__proto__` stay unchanged. For invalid JSON the result is undefined, but it ends in linear time.
 */

/** Removes blanks between tokens. */
export function compactJson(text: string): string {
  let compact = '';
  let kept = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = stringEnd(text, at);
    } else if (isBlank(code)) {
      compact += text.slice(kept, at);
      while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
      kept = at;
    } else at += 1;
  }
  return kept === 0 ? text : compact + text.slice(kept);
}

/** Deeper levels are not indented further: the indentation would outgrow the text. */
const maxIndentDepth = 100;

/** Maximum ratio of indentation to text; beyond it, lines are not indented. */
const maxIndent = 10;

/** Maximum number of separate tokens: millions would take far more memory than their text. */
const maxParts = 100_000;

/** Lays the text out as `JSON.stringify(value, null, 2)` does. */
export function indentJson(text: string): string {
  return nativeIndent(text) ?? indentTokens(text);
}

/**
 * Uses JSON.stringify when it reproduces the text, since V8's own code needs no warm-up in a
 * short-lived process. Not for deep text, whose indentation would outgrow it.
 */
function nativeIndent(text: string): string | undefined {
  if (text.length > 30_000 || (text.match(/[[{]/g)?.length ?? 0) > 1000) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const indented = JSON.stringify(value, null, 2);
    return indented === text || JSON.stringify(value) === text ? indented : undefined;
  } catch {
    return undefined;
  }
}

function indentTokens(text: string): string {
  const source = compactJson(text);
  let parts: string[] = [];
  let indented = '';
  let level = 0;
  let left = 100_000 + source.length * maxIndent;
  const lines = Array.from({ length: maxIndentDepth + 1 }, (_, depth) => `\n${'  '.repeat(depth)}`);
  const newLine = () => {
    const line = (left > 0 && lines[Math.min(level, maxIndentDepth)]) || '\n';
    left -= line.length;
    return line;
  };
  for (let at = 0; at < source.length; ) {
    if (parts.length > maxParts) {
      indented += parts.join('');
      parts = [];
    }
    const code = source.charCodeAt(at);
    if (code === openBrace || code === openBracket) {
      const next = source.charCodeAt(at + 1);
      if (next === closeBrace || next === closeBracket) {
        parts.push(source.slice(at, at + 2));
        at += 2;
        continue;
      }
      level += 1;
      parts.push(source.charAt(at), newLine());
      at += 1;
    } else if (code === closeBrace || code === closeBracket) {
      level = Math.max(0, level - 1);
      parts.push(newLine(), source.charAt(at));
      at += 1;
    } else if (code === comma) {
      parts.push(',', newLine());
      at += 1;
    } else if (code === colon) {
      parts.push(': ');
      at += 1;
    } else {
      const end = code === quote ? stringEnd(source, at) : scalarEnd(source, at);
      parts.push(source.slice(at, end));
      at = end;
    }
  }
  return indented + parts.join('');
}

/** The offset after the string that begins at `start`. */
export function stringEnd(text: string, start: number): number {
  const close = closingQuote(text, start);
  return close === -1 ? text.length : close + 1;
}

/** The offset of the closing quote of the string that begins at `start`; -1 without one. */
export function closingQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = at - 1;
    while (text.charCodeAt(slashes) === backslash) slashes -= 1;
    // An even number of backslashes before a quote escape each other.
    if ((at - slashes) % 2 === 1) return at;
  }
  return -1;
}

/** The offset after the number or word that begins at `start`. */
export function scalarEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (
      code === comma ||
      code === closeBrace ||
      code === closeBracket ||
      code === colon ||
      isBlank(code)
    ) {
      return at;
    }
  }
  return text.length;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
