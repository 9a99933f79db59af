import type { ReadText } from './json-value.js';
import type { Reading } from './reading.js';
import { part, type Source } from './source.js';
import { readValue } from './value.js';

/**
 * Reads an encoded value that begins at an offset of a text and ends where a blank, a quote or an
 * ampersand stands, over as many lines as it was broken into.
 */
export function readToken(
  source: Source,
  at: number,
  readText: ReadText,
): { readonly reading: Reading; readonly end: number } {
  const { text } = source;
  const end = tokenEnd(text, at);
  const reading = readValue(part(source, at, end), readText);
  if (reading.found.length > 0) return { reading, end };
  const wrapped = source.effort.left > 0 ? wrappedEnd(text, end) : end;
  if (wrapped > end) {
    // A value over lines is gone through once for each of its layers.
    source.effort.left -= (wrapped - at) * 8;
    const whole = readValue(part(source, at, wrapped), readText);
    if (whole.found.length > 0) return { reading: whole, end: wrapped };
  }
  // encodeURIComponent leaves apostrophes as they are, so one may end the token or belong to it.
  const apostrophe = text.slice(at, end).indexOf("'");
  if (apostrophe > 0) {
    const cut = readValue(part(source, at, at + apostrophe), readText);
    if (cut.found.length > 0) return { reading: cut, end: at + apostrophe };
  }
  return { reading, end };
}

function tokenEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !endsToken(text.charCodeAt(at))) at += 1;
  return at;
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

/** Where the lines end that can only continue an encoded value: no blank, nothing but its letters. */
function wrappedEnd(text: string, from: number): number {
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
      // The last line may be followed by the quote that closes it all.
      return at > first && /^["'`”’]/.test(text.slice(at, at + 1)) ? at : end;
    }
    if (/^data=/i.test(text.slice(first, first + 5))) return end;
    end = at;
  }
}

/** What percent encoding and base64 leave as it is, and `%`. */
function isEncodedCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    "%._~+*()!'-/=\u00ad\u200b\u200c\u200d\ufeff".includes(String.fromCharCode(code))
  );
}
