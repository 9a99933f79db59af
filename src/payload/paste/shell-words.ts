/** A word of a command line, without quotes. */
export interface Word {
  readonly text: string;
  /** Its offsets in the line. */
  readonly start: number;
  readonly end: number;
  /** An unclosed quote in it. */
  readonly open: string | undefined;
}

export type Shell = 'bash' | 'cmd' | 'powershell';

/**
 * Splits a command line into words as the shell does, without failing: an unclosed quote ends with
 * the text, and is reported. Ends at the end of the command (`;`, `|`, a new line that does not
 * continue it).
 */
export function* shellWords(
  line: string,
  start: number,
  shell: Shell,
  continues: (at: number) => boolean = () => true,
): Generator<Word> {
  let at = start;
  let newLine = false;
  while (at < line.length) {
    const character = line.charAt(at);
    const skipped = skippedBlank(line, at, shell);
    if (skipped > 0) {
      if (character === '\n') newLine = true;
      at += skipped;
      continue;
    }
    if (newLine && !continues(at)) return;
    if (/[;|]/.test(character) && /^[;|]+(?:\s|$)/.test(line.slice(at, at + 4))) return;
    const word = readWord(line, at, shell);
    yield { ...word, start: at };
    newLine = false;
    at = word.end;
  }
}

/** The number of blank characters at `at`, including a line continuation. */
function skippedBlank(line: string, at: number, shell: Shell): number {
  const character = line.charAt(at);
  if (/\s/.test(character)) return 1;
  const continues = shell === 'bash' ? '\\' : shell === 'cmd' ? '^' : '`';
  if (character !== continues) return 0;
  // Tolerates blanks after the continuation mark, a common mistake.
  return /^.[ \t]{0,20}\r?\n/.exec(line.slice(at, at + 24))?.[0].length ?? 0;
}

interface Read {
  readonly text: string;
  readonly end: number;
  readonly open: string | undefined;
}

function readWord(line: string, start: number, shell: Shell): Read {
  const parts: string[] = [];
  let at = start;
  let open: string | undefined;
  while (at < line.length && open === undefined) {
    const character = line.charAt(at);
    if (/\s/.test(character) || skippedBlank(line, at, shell) > 0) break;
    if (/[;|]/.test(character) && /^[;|]+(?:\s|$)/.test(line.slice(at, at + 4))) break;
    const piece = readPiece(line, at, shell);
    parts.push(piece.text);
    open = piece.open;
    at = piece.end;
  }
  return { text: parts.join(''), end: Math.max(at, start + 1), open };
}

function readPiece(line: string, at: number, shell: Shell): Read {
  const character = line.charAt(at);
  if (shell === 'cmd') return readCmdPiece(line, at);
  if (shell === 'powershell') return readPowerShellPiece(line, at);
  if (character === '$' && line.charAt(at + 1) === "'") {
    return readUntil(line, at + 2, "'", ansiEscape);
  }
  if (character === '$' && line.charAt(at + 1) === '"')
    return readUntil(line, at + 2, '"', inDouble);
  if (character === "'") return readUntil(line, at + 1, "'", noEscape);
  if (character === '"') return readUntil(line, at + 1, '"', inDouble);
  if (character === '\\') return { text: line.charAt(at + 1), end: at + 2, open: undefined };
  return plainRun(line, at, /[\s"'\\$;|]/);
}

/** `^` escapes the next character; quotes follow the rules of Windows programs. */
function readCmdPiece(line: string, at: number): Read {
  const plain = (from: number): Read => {
    const skip = line.charAt(from) === '^' ? 1 : 0;
    return { text: line.charAt(from + skip), end: from + skip + 1, open: undefined };
  };
  const first = plain(at);
  if (first.text !== '"') {
    return first.text === '\\' && plain(first.end).text === '"'
      ? { ...plain(first.end), open: undefined }
      : first;
  }
  const parts: string[] = [];
  for (let next = first.end; next < line.length; ) {
    const piece = plain(next);
    if (piece.text === '\\') {
      const escaped = plain(piece.end);
      if (escaped.text === '"' || escaped.text === '\\') {
        parts.push(escaped.text);
        next = escaped.end;
        continue;
      }
    }
    if (piece.text === '"') {
      const doubled = plain(piece.end);
      if (doubled.text !== '"') return { text: parts.join(''), end: piece.end, open: undefined };
      parts.push('"');
      next = doubled.end;
      continue;
    }
    // A batch file doubles the percent sign.
    const twice = piece.text === '%' && /^\^?%/.test(line.slice(piece.end, piece.end + 2));
    parts.push(piece.text);
    next = twice ? plain(piece.end).end : piece.end;
  }
  return { text: parts.join(''), end: line.length, open: '"' };
}

function readPowerShellPiece(line: string, at: number): Read {
  const here = /^@(["'])[ \t]{0,20}\r?\n/.exec(line.slice(at, at + 30));
  if (here) {
    const start = at + here[0].length;
    const close = line.indexOf(`\n${here[1]}@`, start);
    const end = close === -1 ? line.length : close;
    const open = close === -1 ? `@${here[1]}` : undefined;
    return {
      text: line.slice(start, end).replace(/\r$/, ''),
      end: Math.min(line.length, end + 3),
      open,
    };
  }
  const character = line.charAt(at);
  if (character === "'") return readUntil(line, at + 1, "'", doubledQuote("'"));
  if (character === '"') return readUntil(line, at + 1, '"', inPowerShell);
  if (character === '`') return { text: line.charAt(at + 1), end: at + 2, open: undefined };
  return plainRun(line, at, /[\s"'`;|@]/);
}

/** Decodes the escape at `at`, with its length; undefined without one. */
type Escape = (line: string, at: number) => { text: string; length: number } | undefined;

const noEscape: Escape = () => undefined;

const inDouble: Escape = (line, at) => {
  if (line.charAt(at) !== '\\') return undefined;
  const next = line.charAt(at + 1);
  if (next === '\n') return { text: '', length: 2 };
  return /["\\$`!]/.test(next) ? { text: next, length: 2 } : undefined;
};

const doubledQuote =
  (quote: string): Escape =>
  (line, at) =>
    line.startsWith(quote + quote, at) ? { text: quote, length: 2 } : undefined;

const inPowerShell: Escape = (line, at) => {
  if (line.startsWith('""', at)) return { text: '"', length: 2 };
  // PowerShell 5 needs \" for programs; ` is its own escape.
  if (line.startsWith('\\"', at)) return { text: '"', length: 2 };
  if (line.charAt(at) !== '`') return undefined;
  const next = line.charAt(at + 1);
  return { text: { n: '\n', t: '\t', r: '\r', 0: '\0' }[next] ?? next, length: 2 };
};

const ansiLetters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};

const ansiEscape: Escape = (line, at) => {
  if (line.charAt(at) !== '\\') return undefined;
  const code = /^\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|([0-7]{1,3}))/.exec(
    line.slice(at, at + 10),
  );
  if (code) {
    const [all, hex, short, long, octal] = code;
    const value = octal
      ? Number.parseInt(octal, 8)
      : Number.parseInt(hex ?? short ?? long ?? '0', 16);
    return { text: value <= 0x10ffff ? String.fromCodePoint(value) : '', length: all.length };
  }
  const next = line.charAt(at + 1);
  return { text: ansiLetters[next] ?? next, length: 2 };
};

function readUntil(line: string, from: number, quote: string, escaping: Escape): Read {
  const parts: string[] = [];
  let kept = from;
  let at = from;
  for (; at < line.length; ) {
    const escaped = escaping(line, at);
    if (escaped) {
      parts.push(line.slice(kept, at), escaped.text);
      at += escaped.length;
      kept = at;
    } else if (line.charAt(at) === quote) {
      parts.push(line.slice(kept, at));
      return { text: parts.join(''), end: at + 1, open: undefined };
    } else at += 1;
  }
  parts.push(line.slice(kept));
  return { text: parts.join(''), end: line.length, open: quote };
}

/** At least one character, up to the next special one. */
function plainRun(line: string, at: number, special: RegExp): Read {
  let end = at + 1;
  while (end < line.length && !special.test(line.charAt(end))) end += 1;
  return { text: line.slice(at, end), end, open: undefined };
}
