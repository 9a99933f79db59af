import { completeJson } from '../complete-json.js';
import { deepestJson, type JsonFault } from '../json-fault.js';
import { failed, found, type Reading } from './reading.js';
import { peeled, remarked, type Source } from './source.js';

const excerptWidth = 60;

/** Says where and why a text that should be a payload is no JSON. */
export function jsonBreak(source: Source, fault: JsonFault): Reading {
  const { text } = source;
  if (source.repair && fault.kind === 'ends_early') return found(repaired(source));
  if (fault.kind === 'too_deep') return failed('payload_too_deep', () => ({ limit: deepestJson }));
  return failed(
    fault.kind === 'ends_early' ? 'payload_ends_early' : 'payload_not_json',
    (toByte) => ({
      reason: fault.reason,
      ...placeOf(text, fault.offset),
      byte: toByte(source.origin(fault.offset)),
      excerpt: excerptOf(text, fault.offset),
    }),
  );
}

/** Closes what is open at the end of a payload, and says so. */
function repaired(source: Source): Source {
  const { text, end } = completeJson(source.text);
  const layer = { name: 'repair', detail: `an end that was added: ${end}` } as const;
  return remarked(
    peeled(source, text, layer, (offset) => offset),
    {
      code: 'repaired',
      message: `The payload ended too early; ${end} was added to close it, and what came after is lost.`,
    },
  );
}

/** Line and column, counted from 1. */
function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (;;) {
    const feed = text.indexOf('\n', start);
    if (feed === -1 || feed >= offset) return { line, column: offset - start + 1 };
    line += 1;
    start = feed + 1;
  }
}

/** The surroundings of an offset on one line, and a pointer to it below. */
function excerptOf(text: string, offset: number): string {
  const start = Math.max(0, offset - excerptWidth / 2);
  const end = Math.min(text.length, start + excerptWidth);
  const shown = text.slice(start, end).replace(/\s/g, ' ');
  return `${shown}\n${' '.repeat(offset - start)}^`;
}
