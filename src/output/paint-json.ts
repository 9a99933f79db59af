import type { Style } from './style.js';

const token = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;

export function paintJson(text: string, style: Style): string {
  return text.replace(token, (match, colon: string | undefined) => {
    if (colon !== undefined) return style.accent(match.slice(0, -colon.length)) + colon;
    return match.startsWith('"') ? style.good(match) : style.warn(match);
  });
}
