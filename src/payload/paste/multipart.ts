import type { ReadText } from './json-value.js';
import { failed, joined, type Reading } from './reading.js';
import { layered, part, type Source } from './source.js';
import { readValue } from './value.js';

/** Reads a multipart body, its field `data`; undefined when it is none. */
export function readMultipart(source: Source, readText: ReadText): Reading | undefined {
  const { text } = source;
  const start = /^\s{0,100}(--[^\s]{1,100})\r?\nContent-Disposition:/i.exec(text.slice(0, 400));
  const boundary = start?.[1];
  if (boundary === undefined) return undefined;
  const readings: Reading[] = [];
  const names: string[] = [];
  for (let at = text.indexOf(boundary); at !== -1; ) {
    const next = text.indexOf(boundary, at + boundary.length);
    const end = next === -1 ? text.length : next;
    const header = /^[\s\S]{0,2000}?\r?\n\r?\n/.exec(text.slice(at, Math.min(end, at + 2100)));
    const name = /\bname="?([^";\r\n]{0,200})"?/i.exec(header?.[0] ?? '')?.[1];
    if (header && name !== undefined) {
      names.push(name);
      const value = part(source, at + header[0].length, end);
      const layer = { name: 'multipart', detail: 'the field "data"' } as const;
      if (name === 'data') readings.push(readValue(layered(value, layer), readText));
    }
    at = next;
  }
  if (readings.length > 0) return joined(readings);
  return failed('no_data_field', () => ({ in: 'the multipart body', fields: names.slice(0, 5) }));
}
