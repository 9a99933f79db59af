import type { TextEdit } from './text-edits.js';

/** A decoded text, with the offset of each of its units in the encoded text. */
interface Decoded {
  readonly text: string;
  /** Has one more entry than units: the end. */
  readonly starts: Uint32Array;
}

/** An encoding within a text, like percent escapes. */
export interface Layer {
  /** A text without this mark is not encoded. */
  readonly mark: RegExp;
  readonly decode: (encoded: string) => Decoded;
  /** Encodes a text in the style of the stretch that it replaces. */
  readonly spell: (text: string, replaced: string) => string;
}

/** Applies edits of the decoded text to the encoded one, and keeps the rest verbatim. */
export function editThrough(
  layer: Layer,
  encoded: string,
  find: (text: string) => readonly TextEdit[],
): readonly TextEdit[] {
  const decoded = layer.mark.test(encoded) ? layer.decode(encoded) : undefined;
  const starts = decoded?.starts;
  return find(decoded?.text ?? encoded).map((edit) => {
    const start = starts?.[edit.start] ?? edit.start;
    const end = starts?.[edit.end] ?? edit.end;
    return { start, end, text: layer.spell(edit.text, encoded.slice(start, end)) };
  });
}

class DecodedText {
  #parts = '';
  readonly #starts: Uint32Array;

  constructor(encoded: string) {
    this.#starts = new Uint32Array(encoded.length + 1);
  }

  add(text: string, start: number): void {
    this.#starts.fill(start, this.#parts.length, this.#parts.length + text.length);
    this.#parts += text;
  }

  ended(length: number): Decoded {
    this.#starts[this.#parts.length] = length;
    return { text: this.#parts, starts: this.#starts.subarray(0, this.#parts.length + 1) };
  }
}

export const percentLayer: Layer = percentLayerWhere({ plusIsBlank: false });
/** For forms and queries, where a plus sign is a blank. */
export const formLayer: Layer = percentLayerWhere({ plusIsBlank: true });

function percentLayerWhere({ plusIsBlank }: { plusIsBlank: boolean }): Layer {
  return {
    mark: plusIsBlank ? /[%+]/ : /%/,
    decode: (encoded) => {
      const decoded = new DecodedText(encoded);
      for (let at = 0; at < encoded.length; ) {
        const character = readEscaped(encoded, at);
        if (character !== undefined) {
          decoded.add(character.text, at);
          at += character.length;
        } else {
          const unit = encoded.charAt(at);
          const isBlank = unit === '+' && plusIsBlank && !isPartOfEmail(encoded, at);
          decoded.add(isBlank ? ' ' : unit, at);
          at += 1;
        }
      }
      return decoded.ended(encoded.length);
    },
    spell: (text, replaced) => {
      const lower = /%(?:[a-f][\da-f]|\d[a-f])/.test(replaced);
      return text.replace(/[^\w.~-]/gu, (character) => {
        const special = character === '%' || (plusIsBlank && character === '+');
        if (!special && replaced.includes(character)) return character;
        const escaped = [...new TextEncoder().encode(character)]
          .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
          .join('');
        return lower ? escaped : escaped.toUpperCase();
      });
    },
  };
}

/** An unescaped @ implies that the plus sign before it is literal. */
function isPartOfEmail(encoded: string, plus: number): boolean {
  return /^\+[\w.+-]{0,64}@/.test(encoded.slice(plus, plus + 66));
}

export function hasPercentEscapes(text: string): boolean {
  return /%[\da-f]{2}/i.test(text);
}

/** Decodes the escaped character at an offset; undefined when it is invalid. */
function readEscaped(text: string, at: number): { text: string; length: number } | undefined {
  const first = escapedByte(text, at);
  if (first === undefined) return undefined;
  if (first < 0x80) return { text: String.fromCharCode(first), length: 3 };
  const count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  const bytes: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const byte = escapedByte(text, at + index * 3);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  try {
    const decoded = strict.decode(new Uint8Array(bytes));
    return decoded === '' ? undefined : { text: decoded, length: count * 3 };
  } catch {
    return undefined;
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function escapedByte(text: string, at: number): number | undefined {
  if (text.charCodeAt(at) !== 0x25) return undefined;
  const digits = text.slice(at + 1, at + 3);
  return /^[\da-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

/** The escapes inside a JSON string. */
export const backslashLayer: Layer = {
  mark: /\\/,
  decode: (encoded) => {
    const decoded = new DecodedText(encoded);
    for (let at = 0; at < encoded.length; ) {
      const [found = ''] = encoded.charAt(at) === '\\' ? escapeAt(encoded, at) : [];
      const text = found === '' ? encoded.charAt(at) : unescaped(found);
      decoded.add(text, at);
      at += found === '' ? 1 : found.length;
    }
    return decoded.ended(encoded.length);
  },
  spell: (text) => text.replace(/["\\]/g, '\\$&'),
};

export function hasBackslashEscapes(text: string): boolean {
  return /\\(?:["\\/bfnrt]|u[\da-f]{4})/i.test(text);
}

function escapeAt(text: string, at: number): readonly string[] {
  return /^\\(?:["\\/bfnrt]|u[\da-f]{4})/i.exec(text.slice(at, at + 6)) ?? [];
}

const controls: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function unescaped(written: string): string {
  if (written.length === 6) return String.fromCharCode(Number.parseInt(written.slice(2), 16));
  const letter = written.charAt(1);
  return controls[letter] ?? letter;
}
