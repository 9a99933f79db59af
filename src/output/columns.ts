import { stripVTControlCharacters } from 'node:util';
import displayWidth from 'fast-string-width';

/** The columns that a text takes on a terminal. Ignores its colours. */
export { displayWidth };

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** Truncates a text without colours, and never within a character. */
export function cutTo(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 2) return '';
  let cut = '';
  let width = 0;
  for (const part of characters(text)) {
    width += displayWidth(part);
    if (width > columns - 1) break;
    cut += part;
  }
  return `${cut}…`;
}

/** A code point with its marks and modifiers, or a flag. */
function characters(text: string): readonly string[] {
  return text.match(/[\u{1f1e6}-\u{1f1ff}]{2}|.[\p{M}\p{EMod}]*/gsu) ?? [];
}

/** A command, or an option with its value: a line break would spoil it for copying. */
const commands =
  /netcore-hook(?: [a-z][a-z-]*){0,2}(?: (?:-{1,2}[a-z][\w-]*(?:[ =](?:'[^']*'|"[^"]*"|<[^>]*>|[^\s-]\S*?(?=[,;.]*(?: |$))))?|<[^>]*>|'[^']*'|"[^"]*"|:\d+\S*|https?:\S+|last\S*|[\w~.-]*\d[\w~.-]*))*|(?<![\w-])-{1,2}[a-z][\w-]* (?:'[^']*'|"[^"]*"|<[^>]*>|\S*[:\d/@]\S*)/g;
/** Stands for a space at which a line must not break. */
const fixedSpace = '\u{f0000}';

/** A stream, which has columns if it is a terminal. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/**
 * Wraps lines that are wider than the terminal. Further lines are indented like the text behind the
 * line's label (`error  `, `Store      `). Keeps words that are wider, and everything off a terminal.
 */
export function wrapped(text: string, { isTTY, columns }: Screen): string {
  if (!isTTY || !columns) return text;
  return text
    .split('\n')
    .map((line) => (displayWidth(line) <= columns ? line : wrappedLine(line, columns)))
    .join('\n');
}

function wrappedLine(line: string, columns: number): string {
  const label = /^ *(?:\S+(?: \S+){0,2} {2,})?/.exec(stripVTControlCharacters(line))?.[0] ?? '';
  const room = displayWidth(label);
  const indent = room === 0 ? 2 : Math.min(room, Math.floor(columns / 4));
  const fixed = line.replace(commands, (command) => command.replaceAll(' ', fixedSpace));
  const lines: string[] = [];
  let current = '';
  for (const [, space = '', word = ''] of fixed.matchAll(/( *)([^ ]+)/g)) {
    const started = current.trim() !== '' && displayWidth(current) > indent;
    if (started && displayWidth(current + space + word) > columns) {
      lines.push(current.trimEnd());
      current = ' '.repeat(indent) + word;
    } else current += space + word;
  }
  return [...lines, current].join('\n').replaceAll(fixedSpace, ' ');
}
