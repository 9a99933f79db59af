import { type LostPayload, readPaste } from '../../payload/paste/read-paste.js';
import { readCall } from '../../payload/read-call.js';
import { problem } from '../../problems/problem.js';
import type { DecodedPaste } from '../api.js';

/** Decodes a paste as `decode` does; takes the first of several payloads. */
export function decodePaste(text: string): DecodedPaste {
  const reading = readPaste(new TextEncoder().encode(text));
  if (reading.kind === 'problem') throw reading.problem;
  const [first] = reading.payloads;
  if (!first) throw problem('payload_not_found', {});
  const { text: payload, layers, warnings } = first;
  // With the limits for a call, which suffice for the page.
  const content = readCall(new TextEncoder().encode(payload), 'application/json');
  return {
    payload,
    layers,
    warnings: [...warnings, ...others(reading.payloads.length), ...lost(reading.lost)],
    events: content.kind === 'payload' ? content.events : [],
  };
}

function others(payloads: number): DecodedPaste['warnings'] {
  if (payloads === 1) return [];
  const message = `The paste contains ${payloads} payloads; this is the first.`;
  return [{ code: 'several_payloads', message }];
}

function lost(payload: LostPayload | undefined): DecodedPaste['warnings'] {
  if (payload === undefined) return [];
  const { line, column, problem } = payload;
  const place = `line ${line}, column ${column}`;
  const message = `Another payload begins at ${place}, and cannot be decoded: ${problem.message}`;
  return [{ code: 'payload_lost', message }];
}
