import type { TextEdit } from './text-edits.js';

const words = /[\p{L}\p{M}\p{N}]+/gu;
const ending = /[^\p{L}\p{M}\p{N}]{1,100}$/u;
/** Shorter values occur in too many texts. */
const minLength = 3;

/** Values that were replaced because of their key, to be found elsewhere too. */
export interface KnownValues {
  add(value: string): void;
  /** Finds them in a text as whole words, ignoring case. */
  find(text: string): readonly Pick<TextEdit, 'start' | 'end'>[];
}

export function createKnownValues(): KnownValues {
  /** By first word, then by length, since many may begin alike. */
  const values = new Map<string, Map<number, Set<string>>>();
  const addSpelling = (value: string) => {
    const first = value.search(/[\p{L}\p{M}\p{N}]/u);
    const known = first === -1 ? '' : folded(value.slice(first).replace(ending, ''));
    if (known.length < minLength || /^\d{1,4}$/.test(known)) return;
    const [word = ''] = known.match(words) ?? [];
    const alike = values.get(word) ?? new Map<number, Set<string>>();
    values.set(word, alike);
    alike.set(known.length, (alike.get(known.length) ?? new Set()).add(known));
  };
  return {
    add(given) {
      // An accented letter may be one character or two.
      for (const value of new Set([given, given.normalize('NFC'), given.normalize('NFD')])) {
        addSpelling(value);
      }
    },
    find: (text) => {
      if (values.size === 0) return [];
      const whole = folded(text);
      const found: { start: number; end: number }[] = [];
      let end = 0;
      for (const { 0: word, index } of whole.matchAll(words)) {
        if (index < end) continue;
        const known = maxAt(values.get(word), whole, index);
        if (known === undefined) continue;
        end = index + known.length;
        found.push({ start: index, end });
      }
      return found;
    },
  };
}

function maxAt(
  alike: ReadonlyMap<number, ReadonlySet<string>> | undefined,
  text: string,
  at: number,
): string | undefined {
  let longest: string | undefined;
  for (const [length, values] of alike ?? []) {
    if (length <= (longest?.length ?? 0)) continue;
    const value = text.slice(at, at + length);
    if (values.has(value) && endsAt(text, at + length)) longest = value;
  }
  return longest;
}

function endsAt(text: string, at: number): boolean {
  return (
    !/[\p{L}\p{M}\p{N}]/u.test(text.slice(at - 1, at)) ||
    !/^[\p{L}\p{M}\p{N}]/u.test(text.slice(at, at + 2))
  );
}

/** Lower case, except for characters whose length would change. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replace(/./gsu, (character) => {
    const small = character.toLowerCase();
    return small.length === character.length ? small : character;
  });
}
