import { spend } from './effort.js';
import { readUnlessFailed, type Search } from './failed-readings.js';
import type { ReadText } from './json-value.js';
import { nothing, type Reading } from './reading.js';
import { part, remarked, type Source } from './source.js';
import { readValue } from './value.js';

/**
 * Reads an encoded value from an offset to a blank, a quote or an ampersand, across wrapped lines.
 */
export function readToken(
  search: Search,
  at: number,
): { readonly reading: Reading; readonly end: number } {
  const { source, readText } = search;
  const { text } = source;
  const end = tokenEnd(search, at);
  const reading =
    readUnlessFailed(search, end, () => readValue(part(source, at, end), readText)) ?? nothing;
  if (reading.found.length > 0) return { reading, end };
  const wrapped = wrappedEnd(search, end);
  if (wrapped > end) {
    const whole = readUnlessFailed(search, wrapped, () =>
      readValue(part(source, at, wrapped), readText),
    );
    if (whole && whole.found.length > 0) return { reading: whole, end: wrapped };
  }
  const cut = readUntilClosed(part(source, at, Math.max(end, wrapped)), readText);
  if (cut) return { reading: cut.reading, end: at + cut.end };
  // encodeURIComponent keeps apostrophes, so one may end the token or belong to it.
  const apostrophe = text.slice(at, end).indexOf("'");
  if (apostrophe > 0) {
    const before = readValue(part(source, at, at + apostrophe), readText);
    if (before.found.length > 0) return { reading: before, end: at + apostrophe };
  }
  return { reading, end };
}

/** An encoded brace before a character that encoders escape, or before a response. */
const closedValue = /%(?:25){0,9}7D(?=[,\]}|:;)\\\s]|\.(?:\s|$)|HTTP\/)/gi;

/** Braces within strings look the same, but few precede such a character. */
const maxClosings = 8;

/**
 * Reads an encoded value up to where its JSON is whole, when text follows it immediately:
 * `data=%7B…%7D,200`. Undefined when there is no such place.
 */
export function readUntilClosed(
  source: Source,
  readText: ReadText,
): { readonly reading: Reading; readonly end: number } | undefined {
  let count = 0;
  for (const match of source.text.matchAll(closedValue)) {
    count += 1;
    if (count > maxClosings) return undefined;
    const end = match.index + match[0].length;
    const reading = readValue(part(source, 0, end), readText);
    if (reading.found.length === 0) continue;
    const rest = source.text.slice(end).trim().slice(0, 20);
    const message = `Text follows the payload and was ignored: ${rest}`;
    const found = reading.found.map((one) => remarked(one, { code: 'text_after', message }));
    return { reading: { ...reading, found }, end };
  }
  return undefined;
}

function tokenEnd({ source, failures }: Search, start: number): number {
  const known = failures.token;
  if (known && start > known.from && start < known.end) return known.end;
  const { text } = source;
  let end = start;
  while (end < text.length && !endsToken(text.charCodeAt(end))) end += 1;
  spend(source.effort, end - start);
  failures.token = { from: start, end };
  return end;
}

/** Blanks, `"`, `` ` ``, `&`, `<`, `>`. */
function endsToken(code: number): boolean {
  return (
    code <= 0x20 ||
    code === 0x22 ||
    code === 0x60 ||
    code === 0x26 ||
    code === 0x3c ||
    code === 0x3e ||
    code === 0xa0
  );
}

/**
 * The end of the lines that can only continue an encoded value: they hold its characters and no
 * blanks.
 */
function wrappedEnd({ source, failures }: Search, from: number): number {
  const known = failures.wrappedLines;
  if (known && from > known.from && from <= known.end) return known.end;
  const end = endOfLines(source.text, from);
  spend(source.effort, (end - from) * 2);
  failures.wrappedLines = { from, end };
  return end;
}

function endOfLines(text: string, from: number): number {
  let end = from;
  for (;;) {
    const feed = /^[ \t]{0,20}\r?\n/.exec(text.slice(end, end + 24));
    if (!feed) return end;
    const start = end + feed[0].length;
    const prefix = /^[ \t]{0,40}(?:[>|][ \t]{0,40}){0,9}/.exec(text.slice(start, start + 500));
    const first = start + (prefix?.[0].length ?? 0);
    let at = first;
    while (at < text.length && isEncodedCharacter(text.charCodeAt(at))) at += 1;
    if (at === first || !/^[ \t]{0,20}(?:\r?\n|$)/.test(text.slice(at, at + 24))) {
      // The closing quote of the whole may follow the last line.
      return at > first && /^["'`”’]/.test(text.slice(at, at + 1)) ? at : end;
    }
    if (/^data=/i.test(text.slice(first, first + 5))) return end;
    end = at;
  }
}

/** `%`, and the characters that percent encoding and base64 keep. */
function isEncodedCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    "%._~+*()!'-/=\u00ad\u200b\u200c\u200d\ufeff".includes(String.fromCharCode(code))
  );
}
