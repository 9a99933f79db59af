import { JsonText } from './json-text.js';
import { visible } from './safe.js';

/**
 * One notice as a line of JSON, `schema` and `type` first. Invisible characters can only occur
 * inside strings, where `\u` escapes are equivalent.
 */
export function jsonLine<N extends { readonly type: string }>(notice: N): string {
  let line = `{"schema":1,"type":${JSON.stringify(notice.type)}`;
  for (const [key, value] of Object.entries<unknown>(notice)) {
    if (key === 'type' || value === undefined) continue;
    line += `,${JSON.stringify(key)}:${value instanceof JsonText ? value.text : JSON.stringify(value)}`;
  }
  return `${visible(line)}}\n`;
}
