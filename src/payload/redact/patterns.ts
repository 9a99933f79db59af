import type { Pseudonyms } from './pseudonyms.js';
import { gapsBetween, moved, type TextEdit, withFound } from './text-edits.js';

/** Finds text of one kind that looks like personal data. */
type Pattern = (text: string, pseudonyms: Pseudonyms) => readonly TextEdit[];

const localPart = /[\p{L}\p{M}\p{N}._%+!$'*^~-]/u;
const domainPart = /[\p{L}\p{M}\p{N}.-]/u;

/** Searches from each @ outwards, so that a long text without one is fast. */
export const findEmails: Pattern = (text, pseudonyms) => {
  const edits: TextEdit[] = [];
  let after = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > after && localPart.test(text.charAt(start - 1))) start -= 1;
    // It may be quoted.
    while (/[!$'*^~]/.test(text.charAt(start))) start += 1;
    let end = at + 1;
    while (end < text.length && domainPart.test(text.charAt(end))) end += 1;
    while (end > at && /[.-]/.test(text.charAt(end - 1))) end -= 1;
    if (start === at || !/\.[^.\d-]/u.test(text.slice(at + 1, end))) continue;
    edits.push({ start, end, text: pseudonyms.email(text.slice(start, end)) });
    after = end;
  }
  return edits;
};

/** Handles of Indian banks and payment apps; the list is incomplete. */
const upiHandles =
  /^(?:ok(?:axis|hdfcbank|icici|sbi)|(?:wa|pt)(?:axis|hdfc|hdfcbank|icici|sbi|yes)|[ary]?apl|axl|ibl|ybl|yescred|yes(?:bank|g|pay)|superyes|paytm|upi|airtel|amazonpay|aubank|axis(?:b|bank|bank|go|pay)?|bandhan|barodampay|boi|boibhim|canarabank|cboi|centralbank|citi|cnrb|cred|dbs|dcb|digikhata|equitas|fam|fbl|federal|fifederal|finobank|freecharge|freoicici|hdfc(?:bank|bankjd)?|hsbc|icici|idbi|idfc(?:bank|first|firstbank|netc)?|ikwik|indianbank|indus|indusind|iob|jio|jupiteraxis|kaypay|kbl|kotak|kotak811|kvb|mahb|mbk|mairtel|myicici|naviaxis|nsdl|nyes|payzapp|pingpay|pnb|pockets|postbank|psb|rbl|sbi|sc|shriramhdfcbank|sib|slc|slice|sliceaxis|tapicici|timecosmos|uboi|uco|unionbank|utbi|utib|yapl|zoicici)$/i;

/** Like an e-mail address, but without a dot after its @. */
const findUpiIds: Pattern = (text, pseudonyms) => {
  const edits: TextEdit[] = [];
  for (let at = text.indexOf('@'), after = 0; at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > after && /[\w.-]/.test(text.charAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && /[a-z\d]/i.test(text.charAt(end))) end += 1;
    after = end;
    const handle = text.slice(at + 1, end);
    // A value that is only a UPI id may be at an unlisted bank.
    const isWhole = start === 0 && end === text.length && /^[a-z]{2,}$/.test(handle);
    const isFollowed = /[\w@-]/.test(text.charAt(end));
    if (at - start < 2 || isFollowed || !(isWhole || upiHandles.test(handle))) continue;
    edits.push({ start, end, text: pseudonyms.upi(text.slice(start, end)) });
  }
  return edits;
};

/** WhatsApp's message ids contain the contact's number. */
export const findWhatsAppIds: Pattern = (text, pseudonyms) =>
  matches(text, /(?<![\w.])wamid\.[\w+/=-]{16,}/g, pseudonyms.token);

const permanentAccountNumbers = /(?<!\w)[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z](?!\w)/g;
const taxNumbers = /(?<!\w)\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]Z[A-Z\d](?!\w)/g;

const codesBehind =
  /(?<!\w)(?:otp|cvv|passcode|one[ -]time password|(?:verification|security) code)(?!\w)[^\d\n]{0,20}(\d{3,8})(?!\w)/gi;
const codesBefore =
  /(?<![\w.])(\d{4,8})(?=[^\w\n.](?:[^\d\n.]{0,20}[^\w\n.])?(?:otp|passcode|one[ -]time password|(?:verification|security) code)(?!\w))/gi;

/** The match ends with the digits. */
const findCodes =
  (codes: RegExp): Pattern =>
  (text, pseudonyms) =>
    [...text.matchAll(codes)].map(({ 0: found, 1: code = '', index }) => {
      const end = index + found.length;
      return { start: end - code.length, end, text: pseudonyms.digits(code) };
    });

/** Minimum length for a token that is recognized only by its characters. */
const minTokenLength = 20;
const uuids = /(?<![\da-f-])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f])/gi;
const hardwareAddresses = /(?<![\w:-])(?:[\da-f]{2}[:-]){5}[\da-f]{2}(?![\w:-])/gi;
/** Tokens of push services have two parts. */
const longRuns = /(?<![\w-])(?:[\w-]{11,40}:)?[\w-]{20,}(?![\w-])/g;

const findTokens: Pattern = (text, pseudonyms) =>
  matches(text, longRuns, (run) => {
    const mixed = /\d/.test(run) && /[a-z]/i.test(run);
    const odd = (run.match(/[a-z][A-Z]/g)?.length ?? 0) > 1;
    return mixed || odd ? pseudonyms.token(run) : undefined;
  });

const ipv4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)/g;
const ipv6 = /(?<![\w:.])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi;

const findAddresses: Pattern = (text, pseudonyms) =>
  matches(text, ipv4, (address) => {
    // Excludes loopback, and browser versions like 107.0.0.0.
    const isGeneric = /^127\.|\.0\.0\.0$/.test(address);
    const sound = address.split('.').every((part) => Number(part) < 256);
    return sound && !isGeneric ? pseudonyms.ipv4(address) : undefined;
  });

const findLongAddresses: Pattern = (text, pseudonyms) =>
  matches(text, ipv6, (address) => (isLongAddress(address) ? pseudonyms.ipv6(address) : undefined));

function isLongAddress(text: string): boolean {
  const groups = text.split(':').length;
  const gap = text.indexOf('::');
  // At most one gap, and no truncated end.
  if (gap !== text.lastIndexOf('::') || /:::|^:(?!:)|(?<!:):$/.test(text)) return false;
  if (!/\d/.test(text) || /^::1?$/.test(text)) return false;
  return gap === -1 ? groups === 8 : groups <= 8;
}

/** Includes typographic blanks and hyphens. */
const phones = /(?<![\w.+])\+?\(?\d(?:[ ().\-\u00a0\u2007-\u2015\u202f]{0,2}\d){7,18}(?!\w)/g;
const dates =
  /(?<!\d)(?:\d{4}-\d\d-\d\d|\d\d?[-.]\d\d?[-.]\d{4})(?:[T ]\d\d:\d\d(?::\d\d)?)?(?!\d)/g;

const findPhones: Pattern = (text, pseudonyms) => {
  const spans = [...text.matchAll(dates)].map(({ 0: date, index }) => {
    return { start: index, end: index + date.length, text: date };
  });
  return [...gapsBetween(text.length, spans)].flatMap(({ start, end }) => {
    const found = matches(text.slice(start, end), phones, (phone) => {
      const digits = phone.replace(/\D/g, '').length;
      return digits >= (phone.startsWith('+') ? 8 : 10) ? pseudonyms.phone(phone) : undefined;
    });
    return moved(found, start);
  });
};

const longNumbers = /(?<![\w.])\d{20,}(?!\w)/g;

/** In order of precedence: later patterns skip what earlier ones found. */
const patterns: readonly Pattern[] = [
  findEmails,
  findUpiIds,
  findWhatsAppIds,
  findCodes(codesBehind),
  findCodes(codesBefore),
  (text, pseudonyms) => matches(text, permanentAccountNumbers, pseudonyms.token),
  (text, pseudonyms) => matches(text, taxNumbers, pseudonyms.token),
  (text, pseudonyms) => matches(text, uuids, pseudonyms.token),
  (text, pseudonyms) => matches(text, hardwareAddresses, pseudonyms.token),
  findAddresses,
  findLongAddresses,
  findTokens,
  findPhones,
  (text, pseudonyms) => matches(text, longNumbers, (digits) => pseudonyms.digits(digits)),
];

/** Adds edits for everything else in the text that looks like personal data. */
export function withPatterns(
  text: string,
  edits: readonly TextEdit[],
  pseudonyms: Pseudonyms,
): readonly TextEdit[] {
  // Fast path: no pattern matches most short words.
  if (text.length < minTokenLength && !/[@:\d-]/.test(text)) return edits;
  return patterns.reduce(
    (found, pattern) => withFound(text, found, (stretch) => pattern(stretch, pseudonyms)),
    edits,
  );
}

/** Replaces each match; an undefined pseudonym keeps it. */
export function matches(
  text: string,
  pattern: RegExp,
  pseudonym: (found: string) => string | undefined,
): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const { 0: found, index } of text.matchAll(pattern)) {
    const replaced = pseudonym(found);
    if (replaced !== undefined) {
      edits.push({ start: index, end: index + found.length, text: replaced });
    }
  }
  return edits;
}
