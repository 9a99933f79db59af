import { withPatterns } from '../payload/redact/patterns.js';
import type { Pseudonyms } from '../payload/redact/pseudonyms.js';
import { applyEdits } from '../payload/redact/text-edits.js';

const mask = () => '…';
const masks: Pseudonyms = {
  email: mask,
  upi: mask,
  phone: mask,
  digits: mask,
  token: mask,
  ipv4: mask,
  ipv6: mask,
  word: mask,
};

/** Numbers of customers and orders. Without them, equal answers are also counted together. */
const numbers = /\d{5,}/g;

/**
 * Masks what looks like personal data in a handler's answer: addresses, telephone and other numbers,
 * tokens. Names cannot be recognised.
 */
export function maskPeople(text: string): string {
  return applyEdits(text, withPatterns(text, [], masks)).replace(numbers, mask);
}
