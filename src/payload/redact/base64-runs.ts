import { applyEdits, inOrder, type TextEdit } from './text-edits.js';

const runs = /(?<![\w+/=-])[\w+/-]{12,}={0,2}(?![\w+/=-])/g;
/** What text has none of. */
const unreadable = /[\0-\x08\x0e-\x1f\x7f\ufffd]/;

/** Finds in what is written in base 64, and writes it so again: with its alphabet, padded as it was. */
export function findEncoded(
  text: string,
  find: (decoded: string) => readonly TextEdit[],
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  for (const { 0: run, index } of text.matchAll(runs)) {
    // A slash may be one of the alphabet, or one of a path.
    for (const part of [run, ...(run.includes('/') ? run.split('/') : [])]) {
      const decoded = decodedText(part);
      const inner = decoded === undefined ? [] : find(decoded);
      if (decoded === undefined || inner.length === 0) continue;
      const start = index + run.indexOf(part);
      edits.push({
        start,
        end: start + part.length,
        text: encodedLike(part, applyEdits(decoded, inner)),
      });
      if (part === run) break;
    }
  }
  return inOrder(edits);
}

function decodedText(run: string): string | undefined {
  try {
    const binary = atob(run.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const text = strict.decode(bytes);
    return unreadable.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

const strict = new TextDecoder('utf-8', { fatal: true });

function encodedLike(run: string, text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  let encoded = btoa(binary);
  if (!run.endsWith('=')) encoded = encoded.replace(/=+$/, '');
  return /[-_]/.test(run) ? encoded.replaceAll('+', '-').replaceAll('/', '_') : encoded;
}
