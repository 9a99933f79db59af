import { applyEdits, inOrder, type TextEdit } from './text-edits.js';

const runs = /(?<![\w+/=-])[\w+/-]{6,}={0,2}(?![\w+/=-])/g;
/** Characters that text does not contain. */
const unreadable = /[\0-\x08\x0e-\x1f\x7f\ufffd]/;

/** Finds edits within base64, and encodes the result with the same alphabet and padding. */
export function findEncoded(
  text: string,
  find: (decoded: string) => readonly TextEdit[],
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  for (const { 0: run, index } of text.matchAll(runs)) {
    // A slash may belong to the alphabet or to a path.
    for (const part of [run, ...(run.includes('/') ? run.split('/') : [])]) {
      const decoded = decodedRun(part);
      const inner = decoded === undefined ? [] : find(decoded.text);
      if (decoded === undefined || inner.length === 0) continue;
      const start = index + run.indexOf(part);
      edits.push({
        start,
        end: start + part.length,
        text: encodedLike(part, applyEdits(decoded.text, inner), decoded.charset),
      });
      if (part === run) break;
    }
  }
  return inOrder(edits);
}

interface DecodedRun {
  readonly text: string;
  /** Invalid UTF-8 is read as Latin-1. */
  readonly charset: 'utf8' | 'latin1';
}

function decodedRun(run: string): DecodedRun | undefined {
  // Base64 never has such a length.
  if (run.replace(/={1,2}$/, '').length % 4 === 1) return undefined;
  let binary: string;
  try {
    binary = atob(run.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
  const text = utf8Text(binary) ?? binary;
  if (unreadable.test(text)) return undefined;
  return { text, charset: text === binary ? 'latin1' : 'utf8' };
}

function utf8Text(binary: string): string | undefined {
  try {
    return strict.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

const strict = new TextDecoder('utf-8', { fatal: true });

function encodedLike(run: string, text: string, charset: DecodedRun['charset']): string {
  let binary = '';
  if (charset === 'latin1') binary = text;
  else for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  let encoded = btoa(binary);
  if (!run.endsWith('=')) encoded = encoded.replace(/={1,2}$/, '');
  return /[-_]/.test(run) ? encoded.replaceAll('+', '-').replaceAll('/', '_') : encoded;
}
