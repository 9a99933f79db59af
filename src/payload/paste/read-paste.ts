import type { Problem } from '../../problems/problem.js';
import { problem } from '../../problems/problem.js';
import { jsonChildren, repeatedKey } from '../json-children.js';
import { compactJson } from '../json-text.js';
import { kindOf } from '../value-kind.js';
import { readAnyText } from './any-text.js';
import { type Effort, effortFor } from './effort.js';
import { type PasteText, readPasteText } from './paste-text.js';
import { type BegunPayload, type Failure, nothing, type Reading, unlessSpent } from './reading.js';
import { type Layer, type Remark, remarked, type Source } from './source.js';

export interface PastePayload {
  /** Its JSON on one line, with every token as written. */
  readonly text: string;
  /** The removed layers, outermost first; empty when the paste was the JSON. */
  readonly layers: readonly Layer[];
  readonly warnings: readonly Remark[];
  readonly events: number;
}

/** Where a payload begins that cannot be read, counted from 1, and why it cannot. */
export interface LostPayload {
  readonly line: number;
  readonly column: number;
  readonly problem: Problem;
}

export type PasteReading =
  | {
      readonly kind: 'payloads';
      readonly payloads: readonly PastePayload[];
      /** Another payload, which was begun and cannot be read. */
      readonly lost?: LostPayload | undefined;
    }
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface PasteOptions {
  /** Whether to close a truncated payload. */
  readonly repair: boolean;
  /** The budget; proportional to the paste by default. */
  readonly effort?: Effort;
}

/**
 * Reads a payload from any paste: the body, its JSON, a command, a request, a log, a program's
 * print, or several of them. Never throws. Time and memory are proportional to the paste: it stops
 * with a remark when the budget is spent. Valid payloads are not decoded further, and nothing is
 * added except the end of a truncated payload with `repair`.
 */
export function readPaste(
  bytes: Uint8Array,
  options: PasteOptions = { repair: false },
): PasteReading {
  const paste = readPasteText(bytes);
  if ('found' in paste) return problemOf(paste.failure, (offset) => offset);
  if (paste.source.text.trim() === '') {
    return { kind: 'problem', problem: problem('paste_empty', {}) };
  }
  const source = { ...paste.source, effort: options.effort ?? paste.source.effort };
  let { found, failure } = readWhole(source);
  const cut = found.length === 0 ? failure : failure?.begun?.failure;
  const isCut = cut?.code === 'payload_ends_early';
  if (isCut && options.repair && !source.effort.isSpent) {
    source.effort.limit += effortFor(source.text).limit;
    ({ found, failure } = readWhole({ ...source, repair: true }));
  }
  if (source.effort.isSpent) {
    if (found.length === 0) return { kind: 'problem', problem: problem('paste_too_complex', {}) };
    found = found.map((one, index) =>
      index < found.length - 1 ? one : remarked(one, notSearched),
    );
  }
  if (found.length === 0) return problemOf(failure, paste.toByte);
  return {
    kind: 'payloads',
    payloads: found.map(payloadOf),
    lost: failure?.begun && lostPayload(failure.begun, paste),
  };
}

function lostPayload({ failure, startsAt }: BegunPayload, paste: PasteText): LostPayload {
  const before = paste.source.text.slice(0, startsAt()).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { line: before.length, column, problem: failure.toProblem(paste.toByte) };
}

function readWhole(source: Source): Reading {
  return unlessSpent(() => readAnyText(source)) ?? nothing;
}

const notSearched: Remark = {
  code: 'not_searched',
  message: 'The paste is too complex to decode completely: payloads after this one may be missing.',
};

function problemOf(failure: Failure | undefined, toByte: (offset: number) => number): PasteReading {
  return {
    kind: 'problem',
    problem: failure?.toProblem(toByte) ?? problem('payload_not_found', {}),
  };
}

function payloadOf(source: Source): PastePayload {
  const layers = tidied(source.layers);
  const plain = plainPayload(source.text);
  if (plain) return { ...plain, layers, warnings: source.remarks };
  const text = compactJson(source.text);
  const warnings = [...source.remarks];
  const repeated = repeatedKey(text);
  if (repeated !== undefined) {
    const message = `The key "${repeated}" occurs twice in one object: JSON parsers keep only the last.`;
    warnings.push({ code: 'key_repeated', message });
  }
  let events = 0;
  let odd: string | undefined;
  for (const { key = '', start, end } of jsonChildren(text)) {
    if (text.charAt(start) === '[') {
      for (const _ of jsonChildren(text.slice(start, end))) events += 1;
    } else odd ??= `The panel "${key}" contains ${kindAt(text, start, end)}, not a list of events.`;
  }
  if (odd !== undefined) warnings.push({ code: 'panel_not_list', message: odd });
  return { text, layers, warnings, events };
}

/** Longer payloads would take their memory twice. */
const maxPlainLength = 100_000;

/**
 * A payload that JSON.stringify reproduces has no number that could change and no repeated key.
 * Most are such, and V8's own code needs no warm-up in a short-lived process.
 */
function plainPayload(json: string): { text: string; events: number } | undefined {
  if (json.length > maxPlainLength) return undefined;
  const value: unknown = JSON.parse(json);
  const text = JSON.stringify(value);
  if (text !== json && JSON.stringify(value, null, 2) !== json) return undefined;
  const lists = Object.values(value as object);
  if (!lists.every(Array.isArray)) return undefined;
  return { text, events: lists.reduce((sum, list) => sum + list.length, 0) };
}

function kindAt(text: string, start: number, end: number): string {
  return text.charAt(start) === '{' ? 'an object' : kindOf(JSON.parse(text.slice(start, end)));
}

/** Merges repeated percent encoding into one layer with a count. */
function tidied(layers: readonly Layer[]): Layer[] {
  const tidy: Layer[] = [];
  let times = 1;
  for (const layer of layers) {
    const last = tidy.at(-1);
    if (last?.name === layer.name && layer.name === 'percent') {
      times += 1;
      tidy[tidy.length - 1] = { ...layer, detail: `percent escapes, ${times} times` };
    } else if (last?.name === layer.name && last.detail === layer.detail) {
    } else tidy.push(layer);
  }
  return tidy;
}
