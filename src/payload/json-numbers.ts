import { scalarEnd, stringEnd } from './json-text.js';

/**
 * Quotes every number that a double would change (`9007199254740993` → `"9007199254740993"`) in
 * valid JSON text, so that `JSON.parse` keeps its digits.
 */
export function quoteLargeNumbers(text: string): string {
  let quoted = '';
  let kept = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = stringEnd(text, at);
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = scalarEnd(text, at);
      const digits = text.slice(at, end);
      if (String(Number(digits)) !== digits) {
        quoted += `${text.slice(kept, at)}"${digits}"`;
        kept = end;
      }
      at = end;
    } else at += 1;
  }
  return kept === 0 ? text : quoted + text.slice(kept);
}
