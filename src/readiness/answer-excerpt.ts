import type { AnsweredAttempt } from '../call/attempt.js';
import { headerValue } from '../call/headers.js';

const maxCharacters = 240;
/** A word that the limit would cut is left out, unless it is longer. */
const maxWord = 30;

/** The text of an answer on one line, without markup; empty when it has none. Untrusted. */
export function answerExcerpt({ headers, body, bytes }: AnsweredAttempt): string {
  const text = new TextDecoder().decode(body);
  if (text.includes('\0')) return '';
  const type = headerValue(headers, 'content-type') ?? '';
  const plain = /html|xml/i.test(type) || /^\s*</.test(text) ? withoutMarkup(text) : text;
  const line = plain.replace(/\s+/g, ' ').trim();
  return line === '' ? '' : cut(line, bytes > body.length);
}

/** Whether an answer is a page for people. PHP calls any text HTML, so the text decides. */
export function isPage({ body }: AnsweredAttempt): boolean {
  return /<(?:!doctype html|html|head|body|title|form)\b/i.test(new TextDecoder().decode(body));
}

function cut(line: string, isBeginning: boolean): string {
  const characters = [...line];
  if (characters.length <= maxCharacters) return isBeginning ? `${line}…` : line;
  const kept = characters.slice(0, maxCharacters).join('');
  const space = kept.lastIndexOf(' ');
  return `${kept.length - space <= maxWord ? kept.slice(0, space) : kept}…`;
}

/** The text may end within an element, since only its beginning is known. */
function withoutMarkup(text: string): string {
  return text
    .replace(/<!--.*?(?:-->|$)/gs, ' ')
    .replace(/<(script|style|svg|template)\b.*?(?:<\/\1\s*>|$)/gis, ' ')
    .replace(/<[a-z/!?][^>]*(?:>|$)/gi, ' ')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, characterOf);
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  nbsp: ' ',
  quot: '"',
};

function characterOf(reference: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return named[name.toLowerCase()] ?? reference;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : reference;
}
