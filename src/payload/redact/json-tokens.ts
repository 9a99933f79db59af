import { scalarEnd, stringEnd } from '../json-text.js';
import { kindOfKey, type ValueKind } from './personal-keys.js';

/** A key, a string (without its quotes), or a number or word of a JSON text. */
interface JsonToken {
  readonly form: 'key' | 'string' | 'scalar';
  readonly kind: ValueKind;
  readonly start: number;
  readonly end: number;
}

interface Frame {
  readonly isObject: boolean;
  readonly kind: ValueKind;
  /** In an object: the kind for the value of the last key. */
  valueKind: ValueKind | undefined;
}

/**
 * The tokens of a JSON text in order, with the kinds that their keys determine. Reads invalid JSON
 * as far as possible, in linear time.
 */
export function* jsonTokens(text: string, around: ValueKind): Generator<JsonToken> {
  const frames: Frame[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    const frame = frames.at(-1);
    const kind = frame ? (frame.valueKind ?? frame.kind) : around;
    if (character === '"') {
      const end = stringEnd(text, at);
      const inner = { start: at + 1, end: isClosed(text, at, end) ? end - 1 : end };
      if (frame?.isObject && frame.valueKind === undefined) {
        const isPanel = frames.length === 1 && holdsEvents(text, end);
        const key = text.slice(inner.start, inner.end);
        frame.valueKind = isPanel ? frame.kind : kindOfKey(key, frame.kind);
        yield { form: 'key', kind: 'text', ...inner };
      } else yield { form: 'string', kind, ...inner };
      at = end;
    } else if (character === '{' || character === '[') {
      frames.push({ isObject: character === '{', kind, valueKind: undefined });
      at += 1;
    } else if (character === '}' || character === ']') {
      frames.pop();
      at += 1;
    } else if (character === ',') {
      if (frame) frame.valueKind = undefined;
      at += 1;
    } else if (/[\s:]/.test(character)) at += 1;
    else {
      const end = scalarEnd(text, at);
      yield { form: 'scalar', kind, start: at, end };
      at = end;
    }
  }
}

function isClosed(text: string, start: number, end: number): boolean {
  return end - start > 1 && text.charAt(end - 1) === '"';
}

/** A panel may have any name, even one that would classify its value. */
function holdsEvents(text: string, keyEnd: number): boolean {
  return /^\s{0,20}:\s{0,20}\[\s{0,20}\{/.test(text.slice(keyEnd, keyEnd + 64));
}
