import { readBody } from './body.js';
import {
  type CommandBody,
  curlBodies,
  httpieBodies,
  powershellBodies,
  wgetBodies,
} from './command-bodies.js';
import { spend } from './effort.js';
import type { Search } from './failed-readings.js';
import type { ReadText } from './json-value.js';
import { failed, joined, type Reading, readEach } from './reading.js';
import { type Shell, shellWords, type Word } from './shell-words.js';
import { layered, part, remarked, type Source } from './source.js';
import { readValue } from './value.js';

const programs =
  /^(?:curl(?:\.exe)?|https?|xhs?|wget|Invoke-RestMethod|Invoke-WebRequest|iwr|irm)(?=[\s^])/i;
/** A shell prompt, and prefixes like `sudo`. */
const prompt =
  /^[ \t>|]{0,20}(?:PS [^>\n]{0,120}> ?|[A-Za-z]:\\[^>\n]{0,120}>|[\w.@~:/[\] -]{0,80}[$#%] )?(?:(?:sudo|time|exec) )?$/;
/** Slightly more than the longest match. */
const maxPrompt = 160;

/**
 * Reads the command that begins at an offset, if any: curl, HTTPie, wget, PowerShell. Takes only
 * the body that the program would send, not a `data=` in its URL or a header.
 */
export function readCommand(
  { source, readText }: Search,
  at: number,
): { readonly reading: Reading; readonly end: number } | undefined {
  const program = programs.exec(source.text.slice(at, at + 24))?.[0].toLowerCase();
  if (program === undefined) return undefined;
  spend(source.effort, costOfPrompt);
  if (!startsLine(source.text, at)) return undefined;
  spend(source.effort, costOfCommand);
  const line = straightened(source, at);
  const shell = shellOf(line, at, program);
  const words = commandWords(line, at, shell);
  const end = words.at(-1)?.end ?? at + program.length;
  spend(source.effort, (end - at) * (shell === 'cmd' ? 20 : 8) + words.length * 200);
  const bodies = bodiesOf(program, words.slice(1), shell);
  if (bodies.some((body) => body.kind === 'elsewhere' && body.file === '-')) {
    const input = standardInput(source.text, at, words);
    if (input) {
      const text = part(source, input.start, input.end);
      const reading = readBody(layered(text, { name: 'command', detail: input.detail }), readText);
      return { reading, end: Math.max(end, input.end) };
    }
  }
  if (bodies.length === 0) {
    // "http" may also begin a line of prose.
    if (!program.startsWith('curl') && words.length < 3) return undefined;
    return { reading: failed('no_data_field', () => ({ in: 'the command', fields: [] })), end };
  }
  return { reading: joined(readEach(bodies, (body) => readOne(body, source, readText))), end };
}

interface StandardInput {
  readonly start: number;
  readonly end: number;
  readonly detail: string;
}

/** The here-document or here-string that a command reads. */
function standardInput(
  text: string,
  at: number,
  words: readonly Word[],
): StandardInput | undefined {
  const here = words.findIndex((word) => word.text.startsWith('<<<'));
  if (here !== -1) {
    const own = words[here]?.text === '<<<' ? words[here + 1] : words[here];
    if (own === undefined) return undefined;
    const length = own.text.replace(/^<<</, '').length;
    // The closing quote belongs to the word.
    const end = /["']/.test(text.charAt(own.end - 1)) ? own.end - 1 : own.end;
    return { start: Math.max(own.start, end - length), end, detail: 'a here-string' };
  }
  const feed = text.indexOf('\n', at);
  if (feed === -1) return undefined;
  const mark = /<<-?[ \t]{0,9}\\?(["']?)([A-Za-z_]\w{0,60})\1/.exec(text.slice(at, feed))?.[2];
  if (mark === undefined) return undefined;
  const close = new RegExp(`^[ \\t]*${mark}[ \\t]*\\r?$`, 'm').exec(text.slice(feed + 1));
  const end = close ? feed + 1 + close.index : text.length;
  return { start: feed + 1, end, detail: `a here-document up to ${mark}` };
}

function startsLine(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - maxPrompt), at);
  const feed = before.lastIndexOf('\n');
  if (feed === -1 && at > maxPrompt) return false;
  return prompt.test(before.slice(feed + 1));
}

/** Replaces typographic quotes by plain ones, if the command uses them. */
function straightened(source: Source, at: number): string {
  const { text } = source;
  const first = /["'‘’“”]/.exec(text.slice(at, at + 1000))?.[0] ?? '"';
  if (first === '"' || first === "'") return text;
  const quotes = first === '‘' || first === '’' ? 'single' : 'all';
  const known = straightTexts.get(source);
  if (known?.quotes === quotes) return known.text;
  const half = quotes === 'all' ? text.replaceAll('“', '"').replaceAll('”', '"') : text;
  const straight = half.replaceAll('‘', "'").replaceAll('’', "'");
  straightTexts.set(source, { quotes, text: straight });
  // Commands with alternating styles of quotes convert the whole text each time.
  spend(source.effort, text.length * 4);
  return straight;
}

/** Converted once for all commands in a text. */
const straightTexts = new WeakMap<Source, { quotes: 'single' | 'all'; text: string }>();

/** The first line identifies the shell; a longer one is a single quoted word. */
const maxLine = 4000;

function shellOf(line: string, at: number, program: string): Shell {
  const feed = line.indexOf('\n', at);
  const first = line.slice(at, Math.min(feed === -1 ? line.length : feed, at + maxLine));
  if (/^(?:i|.*-)/.test(program) || /[ \t]`\r?$/.test(first)) return 'powershell';
  return /\^"|[ \t]\^\r?$/.test(first) ? 'cmd' : 'bash';
}

/**
 * The words of one command. A new line ends it unless it continues with an option, or with the
 * `data=` that Netcore's example places on its own line.
 */
function commandWords(line: string, start: number, shell: Shell): readonly Word[] {
  const own: Word[] = [];
  // Checked before reading the word, which may extend to the end of the text.
  const continues = (at: number) => /^["'^$\\]{0,3}(?:[-–—]|data=)/.test(line.slice(at, at + 8));
  for (const word of shellWords(line, start, shell, continues)) {
    if (own.length === maxWords) break;
    own.push(word);
  }
  return own;
}

/** The steps for checking whether a name begins a command. */
const costOfPrompt = 300;

/** The steps for a command before its first word. */
const costOfCommand = 1500;

/** Real commands have fewer words. */
const maxWords = 10_000;

function bodiesOf(program: string, words: readonly Word[], shell: Shell): CommandBody[] {
  if (program.startsWith('curl')) return curlBodies(words);
  if (program === 'wget') return wgetBodies(words);
  if (shell === 'powershell' && !/^(?:http|xh)/.test(program)) return powershellBodies(words);
  return httpieBodies(words);
}

function readOne(body: CommandBody, source: Source, readText: ReadText): Reading {
  if (body.kind === 'elsewhere') {
    const { file } = body;
    return failed('body_elsewhere', () =>
      file === '-'
        ? {
            location: 'standard input, which the paste does not include',
            hint: 'Paste the piped data instead.',
          }
        : { location: `the file ${file}`, hint: `Try: netcore-hook decode ${file}` },
    );
  }
  const inside: Source = {
    ...layered(source, { name: 'command', detail: body.detail }),
    text: body.text,
    // Skips the quotes before the word; escapes in it make offsets approximate.
    origin: (offset) => source.origin(Math.min(body.end, body.start + offset)),
  };
  const reading = body.kind === 'value' ? readValue(inside, readText) : readBody(inside, readText);
  const remarks = [
    ...(body.open
      ? [{ code: 'quote_open', message: `The quote ${body.open} in the command is never closed.` }]
      : []),
    ...(body.unsent
      ? [
          {
            code: 'not_runnable',
            message: 'The command would not send this: "-d" is missing before "data=".',
          },
        ]
      : []),
  ];
  return { ...reading, found: reading.found.map((one) => remarks.reduce(remarked, one)) };
}
