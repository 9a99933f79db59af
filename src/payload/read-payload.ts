import { textBetween } from './json-bytes.js';
import { findJsonFault } from './json-fault.js';
import { payloadShape } from './json-payload.js';
import type { EventDetail, IdentifiedEvent, Payload } from './payload.js';
import { summarizeBatch, summarizeEvents } from './summarize-events.js';
import { invalidUtf8At } from './utf8.js';
import { kindOf } from './value-kind.js';

/** A validated payload whose events are not read yet. */
export interface OpenedPayload {
  readonly kind: 'payload';
  /** Its original JSON, decoded once. */
  readonly text: () => string;
  /** Number of event lists. */
  readonly panels: number;
  readonly batches: (detail?: EventDetail) => Iterable<readonly IdentifiedEvent[]>;
  /** Irregularities of the payload. */
  readonly warnings: readonly PayloadWarning[];
}

interface PayloadWarning {
  readonly code: 'panel_not_list';
  readonly message: string;
}

export interface PayloadProblem {
  readonly kind: 'problem';
  readonly code: 'not_utf8' | 'not_json' | 'not_panels';
  readonly message: string;
}

/** How sentences name the JSON, and how they name a byte's position. */
export interface Subject {
  readonly name: string;
  readonly describeOffset: (offset: number) => string;
}

/** Longer JSON is read in steps, and never parsed as a whole. */
export const maxParsedBytes = 64 * 1024;

/** Opens JSON that should be a payload, in steps. Accepts a byte-order mark. */
export function* openJson(
  bytes: Uint8Array,
  { name, describeOffset }: Subject,
): Generator<undefined, OpenedPayload | PayloadProblem> {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const json = marked ? bytes.subarray(3) : bytes;
  const invalid = invalidUtf8At(json);
  if (invalid !== -1) {
    return problem(
      'not_utf8',
      `${name} is not UTF-8 at ${describeOffset(invalid + (marked ? 3 : 0))}.`,
    );
  }
  const text = () => textBetween(json, 0, json.length);
  if (json.length <= maxParsedBytes) return openText(text(), name);
  const shape = yield* payloadShape(json);
  switch (shape.kind) {
    case 'broken':
      return notJson(text(), name);
    case 'other':
      return notPanels(shape.value);
    case 'panels': {
      const { lists, odd, firstOdd, batches } = shape;
      if (lists === 0 && odd > 0) return noLists();
      return {
        kind: 'payload',
        panels: lists,
        text,
        *batches(detail) {
          for (const batch of batches()) yield summarizeBatch(batch, detail);
        },
        warnings: firstOdd ? [oddPanel(firstOdd, odd)] : [],
      };
    }
  }
}

/** Opens a text of at most `maxParsedBytes` in one go. */
export function openText(whole: string, name: string): OpenedPayload | PayloadProblem {
  const text = whole.startsWith('\ufeff') ? whole.slice(1) : whole;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return notJson(text, name);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return notPanels(parsed);
  }
  const payload = parsed as Payload;
  const panels = Object.keys(payload);
  const odd = panels.filter((panel) => !Array.isArray(payload[panel]));
  const [first] = odd;
  if (first !== undefined && odd.length === panels.length) return noLists();
  const events = summarizeEvents(payload, text);
  return {
    kind: 'payload',
    panels: panels.length - odd.length,
    text: () => text,
    batches: (detail = 'summary') => [
      detail === 'summary' ? events : summarizeEvents(payload, text, detail),
    ],
    warnings:
      first === undefined ? [] : [oddPanel({ panel: first, value: payload[first] }, odd.length)],
  };
}

function notJson(text: string, name: string): PayloadProblem {
  const fault = findJsonFault(text);
  const where = fault ? `: ${fault.reason} at character ${fault.offset + 1}` : '';
  return problem('not_json', `${name} is not JSON${where}.`);
}

function notPanels(value: unknown): PayloadProblem {
  return problem('not_panels', `The payload is ${kindOf(value)}, not panels.`);
}

function noLists(): PayloadProblem {
  const message = 'The payload has no panels: none of its keys contains a list of events.';
  return problem('not_panels', message);
}

function oddPanel(
  { panel, value }: { readonly panel: string; readonly value: unknown },
  odd: number,
): PayloadWarning {
  const others = odd > 1 ? ` (and ${odd - 1} more)` : '';
  const name = panel.length > 300 ? `${panel.slice(0, 299)}…` : panel;
  const message = `The panel "${name}"${others} contains ${kindOf(value)}, not a list of events.`;
  return { code: 'panel_not_list', message };
}

function problem(code: PayloadProblem['code'], message: string): PayloadProblem {
  return { kind: 'problem', code, message };
}
