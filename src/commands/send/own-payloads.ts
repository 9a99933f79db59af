import { type JsonObject, readJson } from '../../payload/build/json.js';
import type { PayloadSource } from '../../payload/build/plan-payloads.js';
import { readPaste } from '../../payload/paste/read-paste.js';

/** The payloads of a user's file, in any form that `decode` accepts; each becomes a call. */
export function readOwnPayloads(
  bytes: Uint8Array,
  file: string,
  warn: (code: string, message: string) => void,
): PayloadSource[] {
  const reading = readPaste(bytes);
  if (reading.kind === 'problem') throw reading.problem;
  if (reading.lost) throw reading.lost.problem;
  const name = file === '-' ? 'stdin' : file;
  return reading.payloads.map(({ text, warnings }, index) => {
    for (const { code, message } of warnings) warn(code, message);
    const number = reading.payloads.length > 1 ? ` ${index + 1}` : '';
    return { name: `${name}${number}`, payload: readJson(text) as JsonObject, text };
  });
}
