import { findJsonFault } from '../json-fault.js';
import { findEncoded } from './base64-runs.js';
import { jsonTokens } from './json-tokens.js';
import { createKnownValues } from './known-values.js';
import {
  backslashLayer,
  editThrough,
  formLayer,
  hasBackslashEscapes,
  hasPercentEscapes,
  type Layer,
  percentLayer,
} from './layers.js';
import { findEmails, findWhatsAppIds, matches, withPatterns } from './patterns.js';
import { kindOfKey, kindOfParameter, type ValueKind } from './personal-keys.js';
import { createPseudonyms, type KeyedHash } from './pseudonyms.js';
import { applyEdits, gapsBetween, inOrder, moved, type TextEdit, withFound } from './text-edits.js';

/**
 * Replaces personal data by pseudonyms. Use one redactor for related texts, like the parts of a
 * call: values that a key reveals in one text are replaced in the others. So pass all texts twice,
 * and use the second results.
 */
export interface Redactor {
  /** JSON text, of a payload or otherwise. Keeps blanks, number formats and keys. */
  json(text: string): string;
  /** `name=value&…`, keeping its escapes. */
  form(text: string): string;
  /** A request's path with its query. */
  target(text: string): string;
  /** The value of a named field, like a header. */
  field(name: string, text: string): string;
  text(text: string): string;
  /** A text that is entirely personal or secret. */
  secret(text: string): string;
}

type Find = (text: string) => readonly TextEdit[];

/** Maximum nesting of encodings. */
const maxDepth = 6;
/** Including those of apps. */
const urls = /(?<![\w+.-])[a-z][\w+.-]{1,30}:\/\/[^\s"'<>\\^`{|}]+/gi;

export function createRedactor(hash: KeyedHash): Redactor {
  const pseudonyms = createPseudonyms(hash);
  const known = createKnownValues();

  /** Finds edits in a text with any encodings. */
  const findIn = (text: string, kind: ValueKind, depth: number): readonly TextEdit[] => {
    if (text === '') return [];
    if (depth > maxDepth) return findPlain(text, kind, depth);
    if (looksLikeJson(text)) return findInJson(text, kind, depth + 1);
    const through = (layer: Layer) =>
      editThrough(layer, text, (inner) => findIn(inner, kind, depth + 1));
    const links = kind === 'kept' ? [] : [...text.matchAll(urls)];
    if (links.length > 0) {
      const inLinks = links.flatMap(({ 0: link, index }) => {
        return moved(findInTarget(link, kind, depth), index);
      });
      const spans = links.map(({ 0: link, index }) => ({
        start: index,
        end: index + link.length,
        text: '',
      }));
      const between = [...gapsBetween(text.length, spans)].flatMap(({ start, end }) => {
        return moved(findIn(text.slice(start, end), kind, depth + 1), start);
      });
      return inOrder([...inLinks, ...between]);
    }
    if (hasPercentEscapes(text)) return through(percentLayer);
    if (hasBackslashEscapes(text)) return through(backslashLayer);
    return findPlain(text, kind, depth);
  };

  const findPlain = (text: string, kind: ValueKind, depth: number): readonly TextEdit[] => {
    if (kind === 'kept') {
      const ids = findWhatsAppIds(text, pseudonyms);
      return withFound(text, ids, (stretch) => findEmails(stretch, pseudonyms));
    }
    const encoded =
      depth > maxDepth ? [] : findEncoded(text, (inner) => findIn(inner, 'text', depth + 1));
    const edits = withPatterns(text, encoded, pseudonyms);
    if (kind === 'text') return withFound(text, edits, findKnown);
    known.add(text);
    if (kind === 'name') for (const word of text.split(/[^\p{L}\p{M}]+/u)) known.add(word);
    return withRest(text, edits);
  };

  const findKnown: Find = (text) =>
    known.find(text).flatMap(({ start, end }) => {
      const value = text.slice(start, end);
      return moved(withRest(value, withPatterns(value, [], pseudonyms)), start);
    });

  /** Adds edits for every other word and number. */
  const withRest = (text: string, edits: readonly TextEdit[]): readonly TextEdit[] => {
    const isPhone = /^\+?[\d\s().-]+$/.test(text) && text.replace(/\D/g, '').length >= 8;
    if (isPhone && edits.length === 0) {
      return [{ start: 0, end: text.length, text: pseudonyms.phone(text) }];
    }
    const withTokens = withFound(text, edits, (stretch) => {
      return matches(stretch, /[\w:.-]{20,}/g, pseudonyms.token);
    });
    return withFound(text, withTokens, (stretch) =>
      matches(stretch, /[\p{L}\p{M}]+|\p{N}+/gu, (run) =>
        /^\p{N}/u.test(run) ? numberIn(text, run) : pseudonyms.word(run),
      ),
    );
  };
  // Derives short numbers from the whole value, so that values that differ in one of them stay
  // distinct.
  const numberIn = (text: string, run: string) =>
    pseudonyms.digits(run, { from: text === run ? '' : text });

  const findInJson = (text: string, kind: ValueKind, depth: number): readonly TextEdit[] => {
    const edits: TextEdit[] = [];
    for (const token of jsonTokens(text, kind)) {
      const value = text.slice(token.start, token.end);
      if (token.form === 'scalar')
        edits.push(...moved(findInScalar(value, token.kind, depth), token.start));
      else {
        const find: Find =
          token.form === 'key' ? findApparent : (inner) => findIn(inner, token.kind, depth);
        edits.push(...moved(editThrough(backslashLayer, value, find), token.start));
      }
    }
    return edits;
  };

  /** For keys and hosts, which are otherwise kept. */
  const findApparent: Find = (key) => {
    if (!hasPercentEscapes(key)) return withPatterns(key, [], pseudonyms);
    return editThrough(percentLayer, key, (inner) => withPatterns(inner, [], pseudonyms));
  };

  const findInScalar = (scalar: string, kind: ValueKind, depth: number): readonly TextEdit[] => {
    const number = /^(-?)(\d+)(?:\.(\d+))?(?:e[+-]?\d+)?$/i.exec(scalar);
    if (!number) return /^(?:true|false|null)$/.test(scalar) ? [] : findIn(scalar, kind, depth);
    const [, sign = '', whole = '', decimals] = number;
    const start = sign.length;
    if (kind === 'kept' || (kind === 'text' && whole.length < 10)) return [];
    const end = start + whole.length;
    const text =
      whole.length >= 8
        ? pseudonyms.phone(whole, true)
        : pseudonyms.digits(whole, { asNumber: true });
    if (kind !== 'text') known.add(whole);
    const edits = [{ start, end, text }];
    if (decimals === undefined || kind === 'text') return edits;
    const from = `${whole}.`;
    const fraction = pseudonyms.digits(decimals, { from });
    return [...edits, { start: end + 1, end: end + 1 + decimals.length, text: fraction }];
  };

  const findInForm = (
    text: string,
    kindOf: (name: string) => ValueKind,
    depth: number,
  ): readonly TextEdit[] => {
    const edits: TextEdit[] = [];
    for (let start = 0; start < text.length; ) {
      const found = text.indexOf('&', start);
      let end = found === -1 ? text.length : found;
      const equals = text.slice(start, end).indexOf('=');
      const value = equals === -1 ? start : start + equals + 1;
      // Unescaped JSON may contain an ampersand.
      if (/^\s*[{[]/.test(text.slice(value, value + 20))) end = text.length;
      const written = text.slice(start, Math.max(start, value - 1));
      const name = formLayer.decode(written).text;
      edits.push(...moved(editThrough(formLayer, written, findApparent), start));
      const kind = equals === -1 ? 'text' : kindOf(name);
      const find: Find = (inner) => findIn(inner, kind, depth + 1);
      edits.push(...moved(editThrough(formLayer, text.slice(value, end), find), value));
      start = end + 1;
    }
    return edits;
  };

  const findInTarget = (text: string, kind: ValueKind, depth: number): readonly TextEdit[] => {
    const [, origin = '', userinfo = ''] = /^([a-z][\w+.-]*:\/\/)(?:([^/?#]*)@)?/i.exec(text) ?? [];
    const hash = text.search(/#|$/);
    const question = text.slice(0, hash).search(/\?|$/);
    const host = origin.length + (userinfo === '' ? 0 : userinfo.length + 1);
    // A host is not personal, whatever the URL is.
    const path = text.slice(host).search(/[/?#]|$/) + host;
    const find: Find = (inner) => findIn(inner, kind, depth + 1);
    const secret: Find = (inner) => findIn(inner, 'personal', depth + 1);
    const part = (from: number, to: number, finder: Find) =>
      to > from ? moved(editThrough(percentLayer, text.slice(from, to), finder), from) : [];
    return [
      ...part(origin.length, origin.length + userinfo.length, secret),
      ...part(host, path, origin === '' ? find : findApparent),
      ...part(path, question, find),
      ...moved(findInForm(text.slice(question + 1, hash), kindOfParameter, depth), question + 1),
      ...part(hash, text.length, find),
    ];
  };

  return {
    json: (text) => applyEdits(text, findInJson(text, 'text', 0)),
    form: (text) =>
      applyEdits(
        text,
        findInForm(text, (name) => kindOfKey(name, 'text'), 0),
      ),
    target: (text) => applyEdits(text, findInTarget(text, 'text', 0)),
    field: (name, text) => applyEdits(text, findIn(text, kindOfKey(name, 'text'), 0)),
    text: (text) => applyEdits(text, findIn(text, 'text', 0)),
    secret: (text) => pseudonyms.token(text),
  };
}

/** Includes broken JSON, but not every text that begins with a bracket. */
function looksLikeJson(text: string): boolean {
  if (/^\s*(?:\{\s*["}]|\[\s*[\]{["])/.test(text)) return true;
  if (/^\s*"(?:[^"\\]|\\.)*"\s*$/s.test(text)) return true;
  return /^\s*\[\s*[-\dtfn]/.test(text) && findJsonFault(text) === undefined;
}
