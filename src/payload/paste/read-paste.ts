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

/** One payload that was found in a paste. */
export interface PastePayload {
  /** Its JSON on one line, every token as it was written. */
  readonly text: string;
  /** What was taken off, outermost first; empty when the paste was the JSON. */
  readonly layers: readonly Layer[];
  readonly warnings: readonly Remark[];
  /** How many events it holds. */
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
  /** Whether a payload that ends too early is to be closed. */
  readonly repair: boolean;
  /** The steps that reading may take; by default in proportion to the paste. */
  readonly effort?: Effort;
}

/**
 * Reads whatever people paste when they mean a payload: the body, its JSON, a command, a request,
 * a log, a print of a program, several of them. Never throws, and takes time and memory in
 * proportion to the paste: where the steps for that run out, it stops and says so. A payload that is sound is not decoded further; nothing is invented,
 * but for the end of a payload that has none, when `repair` asks for it.
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
  return { line: before.length, column, problem: failure.tell(paste.toByte) };
}

function readWhole(source: Source): Reading {
  return unlessSpent(() => readAnyText(source)) ?? nothing;
}

const notSearched: Remark = {
  code: 'not_searched',
  message: 'The paste is too complex to decode completely: payloads after this one may be missing.',
};

function problemOf(failure: Failure | undefined, toByte: (offset: number) => number): PasteReading {
  return { kind: 'problem', problem: failure?.tell(toByte) ?? problem('payload_not_found', {}) };
}

function payloadOf(source: Source): PastePayload {
  const layers = tidied(source.layers);
  const usual = usualPayload(source.text);
  if (usual) return { ...usual, layers, warnings: source.remarks };
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

/** Longer ones would take their memory twice. */
const maxUsual = 100_000;

/**
 * A payload that JSON.stringify would write in the same way holds no number that could change and
 * no key twice. Most are of that kind, and this way through V8's own code saves a short-lived
 * process the warming up of loops.
 */
function usualPayload(json: string): { text: string; events: number } | undefined {
  if (json.length > maxUsual) return undefined;
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

/** Percent encoding taken off again and again is one layer that says how often. */
function tidied(layers: readonly Layer[]): Layer[] {
  const tidy: Layer[] = [];
  let times = 1;
  for (const layer of layers) {
    const last = tidy.at(-1);
    if (last?.name === layer.name && layer.name === 'percent') {
      times += 1;
      tidy[tidy.length - 1] = { ...layer, detail: `percent escapes, ${times} times` };
    } else if (last?.name === layer.name && last.detail === layer.detail) {
      // Said once.
    } else tidy.push(layer);
  }
  return tidy;
}
