import { type Effort, effortFor, spend } from './effort.js';
import { type Finder, matchesIn, replaceMatches } from './replace-matches.js';

/** An encoding that was removed on the way to a payload. */
export interface Layer {
  readonly name: LayerName;
  /** A short description; may hold untrusted text. */
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

/** A warning about a payload. */
export interface Remark {
  readonly code: string;
  readonly message: string;
}

/** A text extracted from a paste, with the removed layers and its origin. */
export interface Source {
  readonly text: string;
  /** Outermost first. */
  readonly layers: readonly Layer[];
  readonly remarks: readonly Remark[];
  /** Converts an offset to one in the paste, in UTF-16 units. */
  readonly origin: (offset: number) => number;
  /** The number of texts around it. */
  readonly depth: number;
  /** Whether to close a truncated payload. */
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

/** Charges passes over the whole text of a source. */
export function spendPasses(source: Source, passes: number): void {
  spend(source.effort, source.text.length * passes);
}

export function part(source: Source, start: number, end: number = source.text.length): Source {
  if (start === 0 && end === source.text.length) return source;
  return {
    ...source,
    text: source.text.slice(start, end),
    origin: (offset) => source.origin(start + offset),
  };
}

/** The source without surrounding white space. */
export function trimmed(source: Source): Source {
  const { text } = source;
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return part(source, start, end);
}

/** The passes for removing a layer, and one for converting an offset. */
const passesOfPeel = 4;

/**
 * A source with a layer removed; charges the work. `before` converts an offset to one in the old
 * text.
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

/** Replaces all matches, and provides the conversion of offsets. */
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
 * Converts an offset after a replacement to one before it. Computed on demand, since only errors
 * need it.
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

/** White space of any kind, including the no-break space. */
export function isSpace(code: number): boolean {
  return (
    code === 0x20 ||
    (code >= 0x09 && code <= 0x0d) ||
    code === 0xa0 ||
    code === 0x2028 ||
    code === 0x2029
  );
}
