import { type Effort, effortFor, spend } from './effort.js';
import { type Finder, matchesIn, replaceMatches } from './replace-matches.js';

/** What was done to a text on the way to its payload. */
export interface Layer {
  readonly name: LayerName;
  /** What exactly, in a few words; may hold untrusted text. */
  readonly detail: string;
}

type LayerName =
  | 'utf16'
  | 'byte_order_mark'
  | 'terminal_codes'
  | 'code_fence'
  | 'http_request'
  | 'multipart'
  | 'command'
  | 'form'
  | 'text'
  | 'program_print'
  | 'envelope'
  | 'json_string'
  | 'list'
  | 'wrapped_lines'
  | 'chat_links'
  | 'quotes'
  | 'percent'
  | 'html'
  | 'base64'
  | 'gzip'
  | 'hex'
  | 'bytes'
  | 'data_uri'
  | 'backslashes'
  | 'smart_quotes'
  | 'invisible'
  | 'repair';

/** Something to know about a payload that was read. */
export interface Remark {
  readonly code: string;
  readonly message: string;
}

/** A text on its way out of a paste: what was peeled so far, and where it stood. */
export interface Source {
  readonly text: string;
  /** Outermost first. */
  readonly layers: readonly Layer[];
  readonly remarks: readonly Remark[];
  /** Where in the paste the character at `offset` comes from, in UTF-16 units. */
  readonly origin: (offset: number) => number;
  /** In how many other texts it stands. */
  readonly depth: number;
  /** Whether a payload that ends too early is to be closed. */
  readonly repair: boolean;
  readonly effort: Effort;
}

export function pasted(text: string): Source {
  return {
    text,
    layers: [],
    remarks: [],
    origin: (offset) => offset,
    depth: 0,
    repair: false,
    effort: effortFor(text),
  };
}

/** Charges so many passes through the whole text of a source. */
export function spendPasses(source: Source, passes: number): void {
  spend(source.effort, source.text.length * passes);
}

/** A stretch of a source. */
export function part(source: Source, start: number, end: number = source.text.length): Source {
  if (start === 0 && end === source.text.length) return source;
  return {
    ...source,
    text: source.text.slice(start, end),
    origin: (offset) => source.origin(start + offset),
  };
}

/** Without the white space round it. */
export function trimmed(source: Source): Source {
  const { text } = source;
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return part(source, start, end);
}

/** Taking a layer off goes through the text a few times, and once more when a place is asked for. */
const passesOfPeel = 4;

/**
 * A source with another text after a layer was taken off, which is charged here. `before` says where
 * in the old text the character at an offset of the new one stood.
 */
export function peeled(
  source: Source,
  text: string,
  layer: Layer,
  before: (offset: number) => number,
): Source {
  spend(source.effort, source.text.length * passesOfPeel);
  return {
    ...source,
    text,
    layers: [...source.layers, layer],
    origin: (offset) => source.origin(before(offset)),
  };
}

/** A stretch of a text that is put together anew, and the offset at which it stood. */
export interface Piece {
  readonly text: string;
  readonly from: number;
}

/** A source whose text is put together from pieces of the old one. */
export function assembled(source: Source, pieces: readonly Piece[], layer: Layer): Source {
  const before = (offset: number) => {
    let at = 0;
    for (const { text, from } of pieces) {
      if (offset < at + text.length) return from + (offset - at);
      at += text.length;
    }
    return source.text.length;
  };
  return peeled(source, pieces.map(({ text }) => text).join(''), layer, before);
}

export function layered(source: Source, layer: Layer): Source {
  return { ...source, layers: [...source.layers, layer] };
}

export function remarked(source: Source, remark: Remark): Source {
  return source.remarks.some(({ message }) => message === remark.message)
    ? source
    : { ...source, remarks: [...source.remarks, remark] };
}

/** A text with everything replaced that a finder finds, and the way back for offsets. */
export function replaced(
  text: string,
  finder: Finder,
  replacement: (match: string) => string,
): { readonly text: string; readonly before: (offset: number) => number } {
  return {
    text: replaceMatches(text, finder, replacement),
    before: replacedBefore(text, finder, replacement),
  };
}

/**
 * Where in a text the character stood that is at an offset after a replacement. That is asked for
 * once, when something is wrong, so it is worked out only then.
 */
export function replacedBefore(
  text: string,
  finder: Finder,
  replacement: (match: string) => string,
): (offset: number) => number {
  return (offset) => {
    let shift = 0;
    for (const match of matchesIn(text, finder)) {
      const start = match.index + shift;
      if (offset < start) break;
      const { length } = replacement(match[0]);
      if (offset < start + length) return match.index;
      shift += length - match[0].length;
    }
    return offset - shift;
  };
}

/** White space of any kind, the no-break space too. */
export function isSpace(code: number): boolean {
  return (
    code === 0x20 ||
    (code >= 0x09 && code <= 0x0d) ||
    code === 0xa0 ||
    code === 0x2028 ||
    code === 0x2029
  );
}
