import { formDecoded } from '../form-codec.js';
import { invalidUtf8At } from '../utf8.js';
import { spend } from './effort.js';
import { failed, type Reading } from './reading.js';
import { part, peeled, remarked, type Source, spendPasses } from './source.js';

/** The steps for an error of the decoder. */
const costOfError = 3000;

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/**
 * Removes one layer of percent and plus encoding; a failed reading when the bytes are not UTF-8.
 */
export function peelPercent(given: Source): Source | Reading {
  const cut = /%[\da-f]?$/i.exec(given.text.slice(-2));
  const source = cut
    ? remarked(part(given, 0, given.text.length - cut[0].length), {
        code: 'cut_escape',
        message: `The value ends inside a percent escape: ${cut[0]}`,
      })
    : given;
  const { text } = source;
  spendPasses(source, 4);
  const bytes = encoder.encode(text);
  const decoded = formDecoded(bytes, 0, bytes.length);
  let plain: string;
  try {
    plain = strict.decode(decoded);
  } catch {
    spend(source.effort, costOfError);
    const offset = encodedOffset(text, invalidUtf8At(decoded));
    return failed('paste_not_utf8', (toByte) => ({
      in: 'The value of data',
      offset: toByte(source.origin(offset)),
    }));
  }
  const next = peeled(source, plain, { name: 'percent', detail: 'percent escapes' }, (offset) =>
    encodedOffset(text, encoder.encode(plain.slice(0, offset)).length),
  );
  const broken = brokenEscape(text);
  if (broken === -1) return next;
  return remarked(next, {
    code: 'broken_escape',
    message: `"${text.slice(broken, broken + 3)}" is not a percent escape and was kept unchanged.`,
  });
}

export function hasEscapes(text: string): boolean {
  return /%[\da-f]{2}/i.test(text);
}

/** The offset of decoded byte `count` in the encoded text. */
function encodedOffset(text: string, count: number): number {
  let at = 0;
  for (let bytes = 0; bytes < count && at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 0x25 && /^[\da-f]{2}$/i.test(text.slice(at + 1, at + 3))) at += 3;
    else {
      // An unescaped character counts with the length of its UTF-8.
      if (code >= 0x80) bytes += code < 0x800 ? 1 : code >= 0xd800 && code <= 0xdfff ? 1 : 2;
      at += 1;
    }
    bytes += 1;
  }
  return at;
}

function brokenEscape(text: string): number {
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 1)) {
    if (!/^[\da-f]{2}$/i.test(text.slice(at + 1, at + 3))) return at;
  }
  return -1;
}
