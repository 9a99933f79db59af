import { peeled, replaced, type Source } from './source.js';

const named: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  nbsp: '\u00a0',
  amp: '&',
};
const entity = /&(?:quot|apos|amp|lt|gt|nbsp|#\d{1,7}|#x[\da-f]{1,6});/gi;

/** Decodes HTML character references, if quotes are written as such. */
export function peelEntities(source: Source): Source | undefined {
  if (!/&(?:amp;){0,99}(?:quot|#0{0,9}34|#x0{0,9}22);/i.test(source.text)) return undefined;
  const { text, before } = replaced(source.text, entity, characterOf);
  return peeled(source, text, { name: 'html', detail: 'HTML entities' }, before);
}

function characterOf(reference: string): string {
  const name = reference.slice(1, -1).toLowerCase();
  if (!name.startsWith('#')) return named[name] ?? reference;
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
    ? reference
    : String.fromCodePoint(code);
}
