import { stripVTControlCharacters } from 'node:util';
import { shellWords } from '../../src/payload/paste/shell-words.js';

/** A command line of a guide, and what the guide shows of its output. */
export interface GuideCommand {
  readonly line: string;
  readonly shown: readonly string[];
}

const blocks = /^```console\n(.*?)^```/gms;

/**
 * The commands in the `console` blocks of a document: what stands after `$ `, and where a block has no
 * `$`, each of its lines. A `\` at the end goes on in the next line.
 */
export function guideCommands(text: string): GuideCommand[] {
  return [...text.matchAll(blocks)].flatMap(([, block = '']) => {
    const lines = block
      .replace(/ \\\n\s*/g, ' ')
      .split('\n')
      .filter(Boolean);
    if (!lines.some((line) => line.startsWith('$ '))) {
      return lines.map((line) => ({ line, shown: [] }));
    }
    const commands: { line: string; shown: string[] }[] = [];
    for (const line of lines) {
      if (line.startsWith('$ ')) commands.push({ line: line.slice(2), shown: [] });
      else commands.at(-1)?.shown.push(line);
    }
    return commands;
  });
}

/** What follows the program's name, as a shell would read it. */
export function wordsOf(line: string): string[] {
  return [...shellWords(line, 0, 'bash')].slice(1).map(({ text }) => text);
}

/** What differs each time, and what a line of a guide says of it. The first that fits counts. */
const parts: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/ +/, () => '\\s+'],
  [/UTC(?:[+-]\d\d:\d\d)?/, () => 'UTC(?:[+-]\\d\\d:\\d\\d)?'],
  [/…/, () => '.*'],
  [/█[█▏▎▍▌▋▊▉]*/, () => '\\S+'],
  [/\b\d(?=\d*[a-z])[a-z\d]{9}(?:[a-z\d]{6})?\b/, () => '\\d[a-z\\d]{9,15}'],
  [/\d+(?:\.\d+)? (?:ms|s|kB|B)\b/, () => '[\\d.]+ (?:ms|s|kB|B)'],
  // A status is what it is.
  [/(?<![\d:.-])[1-5]\d\d(?![\d:.-])/, (status) => status],
  [/\d+(?:\.\d+)?/, () => '\\d+(?:\\.\\d+)?'],
  [/[^\s]/u, (text) => text.replace(/[.*+?^${}()|[\]\\/]/, '\\$&')],
];
const anyPart = new RegExp(parts.map(([pattern]) => `(${pattern.source})`).join('|'), 'gu');

/** Lines that say the same but for times, ids, sizes, ports and the width of columns. */
function shape(line: string): RegExp {
  const source = line.trim().replace(anyPart, (text: string, ...groups: (string | undefined)[]) => {
    const [, write] = parts[groups.findIndex((group) => group !== undefined)] ?? [];
    return write?.(text) ?? '';
  });
  return new RegExp(`^${source}$`, 'u');
}

/**
 * What a guide shows and a command did not print, and what it printed and the guide does not show, line
 * by line. A line `…` stands for any lines, wherever they are. Which of two streams comes first is open.
 */
export function differences(
  shown: readonly string[],
  ...streams: readonly string[]
): { readonly missing: readonly string[]; readonly unsaid: readonly string[] } {
  const left = streams.map((text) =>
    text
      .split('\n')
      .map(afterSpinner)
      .filter((line) => line.trim() !== ''),
  );
  const elided = shown.includes('…');
  const missing = shown.filter((line) => {
    if (line === '…') return false;
    const pattern = shape(line);
    const at = (lines: readonly string[]) => lines.findIndex((each) => pattern.test(each.trim()));
    const stream = left.find((lines) => (elided ? at(lines) >= 0 : at(lines) === 0));
    stream?.splice(0, at(stream) + 1);
    return stream === undefined;
  });
  return { missing, unsaid: elided || shown.length === 0 ? [] : left.flat() };
}

/** What a line shows in the end: a spinner goes back to its beginning for each of its pictures. */
function afterSpinner(line: string): string {
  return stripVTControlCharacters(line.slice(Math.max(0, line.lastIndexOf('\u001b[1G'))));
}
