import { completeJson } from '../complete-json.js';
import { findJsonFault, type JsonFault, maxJsonDepth, scanJson } from '../json-fault.js';
import { jsonBreakArguments } from '../json-location.js';
import { spend } from './effort.js';
import { failed, found, type Reading } from './reading.js';
import { peeled, remarked, type Source, spendPasses } from './source.js';

/** Charges `findJsonFault` to the budget. */
export function faultOf(source: Source): JsonFault | undefined {
  const fault = findJsonFault(source.text);
  spend(source.effort, (fault?.offset ?? source.text.length) * 2);
  return fault;
}

/** Charges `scanJson` to the budget. */
export function scanSource(source: Source, from: number): ReturnType<typeof scanJson> {
  const scan = scanJson(source.text, from);
  spend(source.effort, ((scan.kind === 'sound' ? scan.end : scan.offset) - from) * 2);
  return scan;
}

/** The failure for a text that should be a payload and is not JSON. */
export function jsonBreak(source: Source, fault: JsonFault): Reading {
  const { text } = source;
  if (source.repair && fault.kind === 'ends_early') {
    const whole = repaired(source);
    if (whole) return found(whole);
  }
  if (fault.kind === 'too_deep') return failed('payload_too_deep', () => ({ limit: maxJsonDepth }));
  const code = fault.kind === 'ends_early' ? 'payload_ends_early' : 'payload_not_json';
  const reading = failed(code, (toByte) =>
    jsonBreakArguments(text, fault, toByte(source.origin(fault.offset))),
  );
  const { failure } = reading;
  if (!failure || !beginsPayload(text.slice(0, fault.offset))) return reading;
  const begun = { failure, startsAt: () => source.origin(0) };
  return { ...reading, failure: { ...failure, begun } };
}

/** Whether JSON up to its fault is a panel with its first event, as far as that can be seen. */
function beginsPayload(text: string): boolean {
  const head = text.slice(0, 4000);
  if (!/^\s*\{\s*"[^"\\]{1,200}"\s*:\s*\[\s*\{\s*"/.test(head)) return false;
  return (
    head.length < 80 ||
    /"(?:channel|event|msgid|webhook_name|journey_name|\w{2,20}_params)"/.test(head)
  );
}

/** Closes a truncated payload, with a remark. */
function repaired(source: Source): Source | undefined {
  spendPasses(source, 4);
  const { text, end } = completeJson(source.text);
  // The text ends before any content.
  if (!text.trimStart().startsWith('{') || !text.includes('[')) return undefined;
  const layer = { name: 'repair', detail: `an added end: ${end}` } as const;
  return remarked(
    peeled(source, text, layer, (offset) => offset),
    {
      code: 'repaired',
      message: `The payload is truncated; ${end} was added to close it, and the rest is lost.`,
    },
  );
}
