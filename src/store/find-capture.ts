import type { Capture } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import { formType } from '../call/plan-call.js';
import { type EventText, eachEventText } from '../payload/event-texts.js';
import { writeForm } from '../payload/form-codec.js';
import { problem } from '../problems/problem.js';
import type { History } from './history.js';

/**
 * The capture that was typed: any reference of the history, and `<reference>.3` for the third event
 * of a batch alone. Throws `no_such_capture`, `ambiguous_id` or `no_such_event`.
 */
export function findCapture(history: History, typed: string): Capture {
  const { reference, event } = splitReference(typed);
  const capture = history.find(reference);
  return event === undefined ? capture : eventAsCapture(capture, event);
}

/** `<id>.3` is the third event of a capture. */
export function splitReference(typed: string): { reference: string; event: number | undefined } {
  const [, reference = typed, event] = /^(.*)\.(\d{1,9})$/.exec(typed.trim()) ?? [];
  return { reference, event: event === undefined ? undefined : Number(event) };
}

/** A call like the capture, with one of its events alone, which stays as it was written. */
function eventAsCapture(capture: Capture, event: number): Capture {
  const content = readCallContent(capture);
  let events = 0;
  let chosen: EventText | undefined;
  for (const text of content.kind === 'payload' ? eachEventText(content.text()) : []) {
    events += 1;
    if (events === event) chosen = text;
    if (chosen) break;
  }
  const id = `${capture.id}.${event}`;
  if (!chosen) throw problem('no_such_event', { reference: id, events });
  const { panel, text } = chosen;
  const headers = capture.headers.filter(
    ([name]) => !/^content-(?:type|length|encoding)$/i.test(name),
  );
  return {
    ...capture,
    id,
    headers: [...headers, ['Content-Type', formType]],
    body: Buffer.from(writeForm(`{${JSON.stringify(panel)}:[${text}]}`), 'utf8'),
  };
}
