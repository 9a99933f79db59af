/** A hash of at least sixteen bytes that cannot be computed without the key. */
export type KeyedHash = (text: string) => Uint8Array;

/**
 * Pseudonyms for personal data, derived from the value and a key: equal values get equal pseudonyms,
 * and without the key values cannot be guessed by trial. They consist of letters, digits and the
 * punctuation of the value.
 */
export interface Pseudonyms {
  /** At example.com. */
  email(email: string): string;
  /** At a bank that does not exist. */
  upi(id: string): string;
  /**
   * A telephone number that cannot be dialled, with the original punctuation. `asNumber`: avoids a
   * leading zero, which JSON numbers must not have.
   */
  phone(phone: string, asNumber?: boolean): string;
  /** The same number of digits. `from`: derives them from a larger text. */
  digits(digits: string, options?: { from?: string; asNumber?: boolean }): string;
  /** The same length and kinds of characters: hexadecimal stays hexadecimal. */
  token(token: string): string;
  /** In a reserved range (RFC 1112). */
  ipv4(address: string): string;
  /** In the documentation range (RFC 3849). */
  ipv6(address: string): string;
  /** A pronounceable word of at least eight letters, in capitals like the original. */
  word(word: string): string;
}

const consonants = 'bdfghjklmnprstvwxyz';
const vowels = 'aeiou';
/** Shorter words would collide. */
const minLetters = 8;
/** Minimum digits after the zeros that make a number undiallable. */
const minDigits = 7;

export function createPseudonyms(hash: KeyedHash): Pseudonyms {
  const known = new Map<string, string>();
  const made = (kind: string, value: string, make: (draw: Draw) => string) => {
    const name = `${kind} ${value}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    let text = '';
    // A pseudonym must differ from the value.
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      text = make(drawFrom(hash, `${name} ${attempt}`));
      if (text.toLowerCase() !== value.toLowerCase()) break;
    }
    known.set(name, text);
    return text;
  };
  const digits = (value: string, from: string, zeros: number) =>
    made(`digits ${zeros} ${from}`, value, (draw) => {
      let text = '0'.repeat(zeros);
      while (text.length < value.length) text += draw(10);
      return text;
    });

  return {
    email: (email) =>
      made('email', email.toLowerCase(), (draw) => {
        const number = String(draw(10_000)).padStart(4, '0');
        return `${spoken(minLetters, draw)}${number}@example.com`;
      }),
    upi: (id) =>
      made('upi', id.toLowerCase(), (draw) => {
        const number = String(draw(10_000)).padStart(4, '0');
        return `${spoken(minLetters, draw)}${number}@example`;
      }),
    phone: (phone, asNumber = false) => {
      const value = phone.replace(/\D/g, '');
      const zeros = Math.min(3, Math.max(0, value.length - minDigits));
      let text = digits(value, '', zeros);
      if (asNumber) text = withoutZeroFirst(text);
      let at = 0;
      return phone.replace(/\d/g, () => text.charAt(at++));
    },
    digits: (value, { from = '', asNumber = false } = {}) => {
      const text = digits(value, from.toLowerCase(), 0);
      return asNumber ? withoutZeroFirst(text) : text;
    },
    token: (token) => made('token', token, (draw) => likeToken(token, draw)),
    ipv4: (address) =>
      made('address', address, (draw) => {
        return `${240 + draw(15)}.${draw(256)}.${draw(256)}.${draw(256)}`;
      }),
    ipv6: (address) =>
      made('address', address.toLowerCase(), (draw) => {
        const groups = Array.from({ length: 6 }, () => (4096 + draw(61_440)).toString(16));
        return `2001:db8:${groups.join(':')}`;
      }),
    word: (word) => {
      const length = Math.max(minLetters, word.length);
      const text = made('word', word.toLowerCase(), (draw) => spoken(length, draw));
      if (word.length > 1 && word === word.toUpperCase()) return text.toUpperCase();
      const [first = ''] = word;
      if (first === first.toLowerCase()) return text;
      return text.charAt(0).toUpperCase() + text.slice(1);
    },
  };
}

const maxAttempts = 20;

/** A number from 0 to below `limit`, at most 65,536. */
type Draw = (limit: number) => number;

function drawFrom(hash: KeyedHash, seed: string): Draw {
  // Hashes a long value once, not for every block.
  const start = String.fromCharCode(...hash(seed));
  let block = new Uint8Array();
  let at = 0;
  let blocks = 0;
  return (limit) => {
    if (at + 4 > block.length) {
      block = Uint8Array.from(hash(`${start} ${blocks}`));
      blocks += 1;
      at = 0;
    }
    const [a = 0, b = 0, c = 0, d = 0] = block.subarray(at, at + 4);
    at += 4;
    return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % limit;
  };
}

function spoken(length: number, draw: Draw): string {
  let text = '';
  while (text.length < length) {
    const letters = text.length % 2 === 0 ? consonants : vowels;
    text += letters.charAt(draw(letters.length));
  }
  return text;
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;

function likeToken(token: string, draw: Draw): string {
  const hexadecimal = /^[\da-f:-]+$/i.test(token);
  const capitals = /[A-F]/.test(token);
  const fixed = uuid.test(token) ? [14, 19] : [];
  let text = '';
  for (let at = 0; at < token.length; at += 1) {
    const character = token.charAt(at);
    if (fixed.includes(at) || !/[\da-z]/i.test(character)) text += character;
    else if (hexadecimal) {
      const digit = draw(16).toString(16);
      text += capitals ? digit.toUpperCase() : digit;
    } else if (/\d/.test(character)) text += draw(10);
    else {
      const first = character === character.toLowerCase() ? 0x61 : 0x41;
      text += String.fromCharCode(first + draw(26));
    }
  }
  return text;
}

function withoutZeroFirst(digits: string): string {
  return digits.startsWith('0') ? `1${digits.slice(1)}` : digits;
}
