import { spend } from './effort.js';
import type { ReadText } from './json-value.js';
import { failed, joined, type Reading, readEach } from './reading.js';
import { layered, part, type Source } from './source.js';
import { readValue } from './value.js';

/** Reads the field `data` of a multipart body; undefined for other texts. */
export function readMultipart(source: Source, readText: ReadText): Reading | undefined {
  const { text } = source;
  const start = /^\s{0,100}(--[^\s]{1,100})\r?\nContent-Disposition:/i.exec(text.slice(0, 400));
  const boundary = start?.[1];
  if (boundary === undefined) return undefined;
  const names: string[] = [];
  const values: Source[] = [];
  for (const stretch of partsOf(source, boundary)) {
    const header = /^[\s\S]{0,2000}?\r?\n\r?\n/.exec(stretch.text.slice(0, 2100))?.[0] ?? '';
    const name = /\bname="?([^";\r\n]{0,200})"?/i.exec(header)?.[1];
    if (name === undefined) continue;
    if (names.length < 5) names.push(name);
    const layer = { name: 'multipart', detail: 'the field "data"' } as const;
    if (name === 'data') values.push(layered(part(stretch, header.length), layer));
  }
  if (values.length > 0) return joined(readEach(values, (value) => readValue(value, readText)));
  return failed('no_data_field', () => ({ in: 'the multipart body', fields: names }));
}

function* partsOf(source: Source, boundary: string): Generator<Source> {
  const { text } = source;
  for (let at = text.indexOf(boundary); at !== -1; ) {
    const next = text.indexOf(boundary, at + boundary.length);
    const end = next === -1 ? text.length : next;
    spend(source.effort, costOfPart + end - at);
    yield part(source, at, end);
    at = next;
  }
}

/** The minimum steps for a part. */
const costOfPart = 50;
