import { findData } from './form-codec.js';
import { findJsonFault } from './json-fault.js';
import type { EventSummary, Payload } from './payload.js';
import { summarizeEvents } from './summarize-events.js';
import { invalidUtf8At } from './utf8.js';
import { kindOf } from './value-kind.js';

/** What a received body says. */
export type CallReading =
  | {
      readonly kind: 'payload';
      readonly payload: Payload;
      /** The payload's JSON exactly as it came, decoded once. */
      readonly text: string;
      readonly panels: readonly string[];
      readonly events: readonly EventSummary[];
      /** What a sound call would not have, in a sentence each. */
      readonly warnings: readonly CallWarning[];
    }
  | { readonly kind: 'problem'; readonly code: CallProblem; readonly message: string };

interface CallWarning {
  readonly code: 'not_a_form' | 'field_repeated' | 'panel_not_list';
  readonly message: string;
}

type CallProblem =
  | 'body_empty'
  | 'no_data_field'
  | 'data_empty'
  | 'not_utf8'
  | 'not_json'
  | 'not_panels';

/**
 * Reads the body of a call as a listener received it, for every shape that a body can have: it
 * never throws, and forgives nothing in silence. Names of panels in its sentences are untrusted.
 */
export function readCall(body: Uint8Array, contentType: string | undefined): CallReading {
  if (body.length === 0) return wrong('body_empty', 'The body is empty.');
  return isJson(contentType) ? readJsonBody(body) : readFormBody(body, contentType);
}

function readFormBody(body: Uint8Array, contentType: string | undefined): CallReading {
  const data = findData(body);
  switch (data.kind) {
    case 'missing': {
      const form = contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded');
      const type =
        form || !contentType
          ? ''
          : ` Netcore sends a form, and this is ${contentType.slice(0, 100)}.`;
      return wrong('no_data_field', `There is no field "data" in the body.${type}`);
    }
    case 'not_utf8':
      return wrong(
        'not_utf8',
        `The value of data is not UTF-8 at byte ${data.offset} of the body.`,
      );
    case 'found': {
      const warnings: CallWarning[] = [];
      if (data.count > 1) {
        const message = `The field "data" came ${data.count} times; the first one was read.`;
        warnings.push({ code: 'field_repeated', message });
      }
      if (data.text === '') return wrong('data_empty', 'The field "data" is empty.');
      return readPayload(data.text, 'The value of data', warnings);
    }
  }
}

const strict = new TextDecoder('utf-8', { fatal: true });

function readJsonBody(body: Uint8Array): CallReading {
  let text: string;
  try {
    text = strict.decode(body);
  } catch {
    return wrong('not_utf8', `The body is not UTF-8 at byte ${invalidUtf8At(body)}.`);
  }
  const message = 'The body is JSON itself; Netcore sends a form whose field "data" holds it.';
  return readPayload(text, 'The body', [{ code: 'not_a_form', message }]);
}

function readPayload(text: string, subject: string, warnings: CallWarning[]): CallReading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    const fault = findJsonFault(text);
    const where = fault ? `: ${fault.reason} at character ${fault.offset + 1}` : '';
    return wrong('not_json', `${subject} is not JSON${where}.`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return wrong('not_panels', `The payload is ${kindOf(parsed)}, not panels.`);
  }
  const payload = parsed as Payload;
  const panels = Object.keys(payload);
  const odd = panels.filter((panel) => !Array.isArray(payload[panel]));
  const [first] = odd;
  if (first !== undefined) {
    if (odd.length === panels.length) {
      return wrong(
        'not_panels',
        'The payload is no panels: none of its keys holds a list of events.',
      );
    }
    const others = odd.length > 1 ? ` (and ${odd.length - 1} more)` : '';
    const message = `The panel "${first}"${others} holds ${kindOf(payload[first])}, not a list of events.`;
    warnings.push({ code: 'panel_not_list', message });
  }
  return {
    kind: 'payload',
    payload,
    text,
    panels,
    events: summarizeEvents(payload, text),
    warnings,
  };
}

function wrong(code: CallProblem, message: string): CallReading {
  return { kind: 'problem', code, message };
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*application\/(?:[\w.-]+\+)?json\b/i.test(contentType);
}
